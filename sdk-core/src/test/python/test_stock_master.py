"""A stock Python master executes code and talks over channels, without noticing our worker."""

import os
import shutil
import sys
import tempfile
import time
import unittest
import weakref

import stock
from collecting import DROP_C
from collecting import collect

VALUES = [
    None,
    True,
    False,
    0,
    -1,
    2**31 - 1,
    -(2**31),
    2**31,
    10**40,
    1.5,
    float("inf"),
    1 + 2j,
    "",
    "\u20ac\U0001f600",
    b"\x00\xff",
    [],
    [1, [2, [3]]],
    (),
    (1, ("a", b"b")),
    {},
    {"a": {1: (2,), None: [True]}},
    {1, 2, 3},
    frozenset([1, "a"]),
    {frozenset([1]): {2}},
]


def remote_function(channel, first, second=2):
    channel.send((first, second, __name__))


class ExecutionScenarios(stock.Scenario):
    def test_string_source(self):
        self.assertEqual(self.run_remote("channel.send(__name__)"), ["__channelexec__"])
        self.assertEqual(self.run_remote("\n    x = 1\n    channel.send(x)"), [1])

    def test_function_source(self):
        items = self.run_remote(remote_function, first=1)
        self.assertEqual(items, [(1, 2, "__channelexec__")])
        self.assertEqual(self.run_remote(remote_function, first=3, second=4)[0][:2], (3, 4))

    def test_module_source(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with open(os.path.join(directory, "sent_module.py"), "w") as out:
            out.write("if __name__ == '__channelexec__':\n    channel.send(__name__)\n")
        sys.path.insert(0, directory)
        try:
            sent_module = __import__("sent_module")
        finally:
            sys.path.remove(directory)
            del sys.modules["sent_module"]
        self.assertEqual(self.run_remote(sent_module), ["__channelexec__"])

    def test_values_both_ways(self):
        channel = self.gateway.remote_exec("for x in channel: channel.send((x, repr(x)))")
        for value in VALUES:
            channel.send(value)
            back, shown = channel.receive(stock.TIMEOUT)
            self.assertEqual((back, type(back)), (value, type(value)))
            if not isinstance(value, (set, frozenset, dict)):
                self.assertEqual(shown, repr(value))

    def test_large_data(self):
        channel = self.gateway.remote_exec("channel.send(channel.receive())")
        data = os.urandom(5000000)
        channel.send(data)
        self.assertTrue(channel.receive(stock.TIMEOUT) == data)

    def test_channels_in_channels(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\nc.send(1)\nn = channel.gateway.newchannel()\n"
            "channel.send({'new': [n]})\nn.send(2)\nchannel.send(n.receive())\nc.close()"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        self.assertEqual(ours.receive(stock.TIMEOUT), 1)
        theirs = channel.receive(stock.TIMEOUT)["new"][0]
        self.assertEqual(theirs.receive(stock.TIMEOUT), 2)
        theirs.send(3)
        self.assertEqual(channel.receive(stock.TIMEOUT), 3)
        ours.waitclose(stock.TIMEOUT)
        self.assertTrue(ours.isclosed())
        channel.waitclose(stock.TIMEOUT)

    def test_many_channels(self):
        channels = [
            self.gateway.remote_exec("channel.send(channel.receive() * 2)") for _ in range(30)
        ]
        for number, channel in enumerate(channels):
            channel.send(number)
        self.assertEqual([c.receive(stock.TIMEOUT) for c in channels], [n * 2 for n in range(30)])

    def test_callback_in_the_master(self):
        items = []
        channel = self.gateway.remote_exec("for i in range(50): channel.send(i)")
        channel.setcallback(items.append, endmarker="end")
        channel.waitclose(stock.TIMEOUT)
        deadline = time.monotonic() + stock.TIMEOUT
        while len(items) < 51 and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(items, list(range(50)) + ["end"])

    def test_callback_in_the_worker(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\nitems = []\nq = channel.gateway.execmodel.queue.Queue()\n"
            "def cb(x):\n    items.append(x)\n    if x == 'end': q.put(1)\n"
            "c.setcallback(cb, endmarker='end')\nq.get()\nchannel.send(items)"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        for number in range(20):
            ours.send(number)
        ours.close()
        self.assertEqual(channel.receive(stock.TIMEOUT), list(range(20)) + ["end"])

    def test_callback_error_in_the_worker(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\ndef cb(x): 1 / x\nc.setcallback(cb)\n"
            "channel.send(1)\nchannel.receive()"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        channel.receive(stock.TIMEOUT)
        ours.send(0)
        with self.assertRaises(ours.RemoteError) as caught:
            ours.waitclose(stock.TIMEOUT)
        self.assertIn("ZeroDivisionError", str(caught.exception))
        channel.send(1)
        channel.waitclose(stock.TIMEOUT)

    def test_files(self):
        channel = self.gateway.remote_exec(
            "f = channel.gateway.newchannel()\nchannel.send(f)\nr = f.makefile('r')\n"
            "channel.send([r.readline(), r.read(3), r.readline()])\n"
            "w = channel.makefile('w')\nw.write('hello')\nw.flush()\nw.close()"
        )
        theirs = channel.receive(stock.TIMEOUT)
        out = theirs.makefile("w", proxyclose=True)
        out.write("one\ntwo")
        out.write("three\n")
        out.close()
        self.assertEqual(channel.receive(stock.TIMEOUT), ["one\n", "two", "three\n"])
        self.assertEqual(channel.receive(stock.TIMEOUT), "hello")

    def test_remote_errors(self):
        channel = self.gateway.remote_exec("def f():\n    raise ValueError('xyz')\nf()")
        with self.assertRaises(channel.RemoteError) as caught:
            channel.receive(stock.TIMEOUT)
        text = str(caught.exception)
        self.assertTrue(text.startswith("Traceback (most recent call last)"))
        self.assertIn('File "<remote exec>", line 2, in f', text)
        self.assertIn("ValueError: xyz", text)
        with self.assertRaises(EOFError):
            channel.receive(stock.TIMEOUT)

    def test_remote_errors_of_functions_name_this_file(self):
        def fails(channel):
            raise ValueError(5)

        channel = self.gateway.remote_exec(fails)
        with self.assertRaises(channel.RemoteError) as caught:
            channel.waitclose(stock.TIMEOUT)
        line = fails.__code__.co_firstlineno + 1
        self.assertIn("test_stock_master.py", str(caught.exception))
        self.assertIn("line %d, in fails" % line, str(caught.exception))

    def test_syntax_error(self):
        with self.assertRaises(stock.execnet.RemoteError) as caught:
            self.gateway.remote_exec("x = (").waitclose(stock.TIMEOUT)
        self.assertIn("SyntaxError", str(caught.exception))

    def test_timeouts(self):
        channel = self.gateway.remote_exec(
            "try: channel.receive(timeout=0.05)\n"
            "except channel.TimeoutError as e: channel.send(str(e))"
        )
        with self.assertRaises(channel.TimeoutError):
            channel.receive(timeout=0)
        self.assertEqual(channel.receive(stock.TIMEOUT), "no item after 0.05 seconds")

    def test_master_closes_with_an_error(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\ntry: c.receive()\n"
            "except c.RemoteError as e: channel.send(str(e))"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        ours.close("my error")
        self.assertIn("my error", channel.receive(stock.TIMEOUT))

    @unittest.skipIf(stock.OLD, "execnet 1 on Python 3 does not take text for bytes")
    def test_reconfigure_a_channel(self):
        channel = self.gateway.remote_exec("channel.send(channel.receive())")
        channel.reconfigure(py2str_as_py3str=True, py3str_as_py2str=True)
        channel.send("abc")
        self.assertEqual(channel.receive(stock.TIMEOUT), b"abc")
        channel = self.gateway.remote_exec(
            "channel.reconfigure(py3str_as_py2str=True); channel.send('abc')"
        )
        self.assertEqual(channel.receive(stock.TIMEOUT), b"abc")

    @unittest.skipIf(stock.OLD, "execnet 1 on Python 3 does not take text for bytes")
    def test_reconfigure_the_gateway(self):
        self.gateway.reconfigure(py2str_as_py3str=False, py3str_as_py2str=True)
        channel = self.gateway.remote_exec("channel.send(repr(channel.receive()))")
        channel.send("abc")
        self.assertEqual(channel.receive(stock.TIMEOUT), b"b'abc'")

    def test_collected_channels(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\n" + DROP_C + "channel.send(1)\n"
            "c = channel.gateway.newchannel()\nchannel.send(c)\n"
            "try: c.receive(60)\nexcept EOFError: channel.send('closed')"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        ours.waitclose(stock.TIMEOUT)
        self.assertTrue(ours.isclosed())
        self.assertEqual(channel.receive(stock.TIMEOUT), 1)
        theirs = weakref.ref(channel.receive(stock.TIMEOUT))
        collect(theirs)
        self.assertEqual(channel.receive(stock.TIMEOUT), "closed")


@stock.needed
class ExecutionOnOursTest(stock.OurWorker, ExecutionScenarios, unittest.TestCase):
    pass


@stock.needed
class ExecutionOnStockTest(stock.StockWorker, ExecutionScenarios, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
