"""A stock Python master runs its usual code on our program, without noticing.

The same list runs on a stock worker, which shows that the list itself asks for the usual.
"""

import os
import shutil
import sys
import tempfile
import textwrap
import time
import unittest

import program

try:
    import execnet
except ImportError:
    execnet = None
    if os.environ.get("EXECNET_REQUIRE_STOCK") == "1":
        raise

TIMEOUT = 60
OLD = execnet is not None and execnet.__version__.startswith("1.")

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


class Scenarios:
    """What masters do. Subclasses say what the worker is."""

    options = ""

    def spec(self, options=""):
        raise NotImplementedError

    def setUp(self):
        self.group = execnet.Group()
        self.addCleanup(self.group.terminate, 5)
        self.gateway = self.group.makegateway(self.spec(self.options))

    def run_remote(self, source, **kwargs):
        return list(self.gateway.remote_exec(source, **kwargs))

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
            back, shown = channel.receive(TIMEOUT)
            self.assertEqual((back, type(back)), (value, type(value)))
            if not isinstance(value, (set, frozenset, dict)):
                self.assertEqual(shown, repr(value))

    def test_large_data(self):
        channel = self.gateway.remote_exec("channel.send(channel.receive())")
        data = os.urandom(5000000)
        channel.send(data)
        self.assertTrue(channel.receive(TIMEOUT) == data)

    def test_channels_in_channels(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\nc.send(1)\nn = channel.gateway.newchannel()\n"
            "channel.send({'new': [n]})\nn.send(2)\nchannel.send(n.receive())\nc.close()"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        self.assertEqual(ours.receive(TIMEOUT), 1)
        theirs = channel.receive(TIMEOUT)["new"][0]
        self.assertEqual(theirs.receive(TIMEOUT), 2)
        theirs.send(3)
        self.assertEqual(channel.receive(TIMEOUT), 3)
        ours.waitclose(TIMEOUT)
        self.assertTrue(ours.isclosed())
        channel.waitclose(TIMEOUT)

    def test_many_channels(self):
        channels = [
            self.gateway.remote_exec("channel.send(channel.receive() * 2)") for _ in range(30)
        ]
        for number, channel in enumerate(channels):
            channel.send(number)
        self.assertEqual([c.receive(TIMEOUT) for c in channels], [n * 2 for n in range(30)])

    def test_callback_in_the_master(self):
        items = []
        channel = self.gateway.remote_exec("for i in range(50): channel.send(i)")
        channel.setcallback(items.append, endmarker="end")
        channel.waitclose(TIMEOUT)
        deadline = time.monotonic() + TIMEOUT
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
        self.assertEqual(channel.receive(TIMEOUT), list(range(20)) + ["end"])

    def test_callback_error_in_the_worker(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\ndef cb(x): 1 / x\nc.setcallback(cb)\n"
            "channel.send(1)\nchannel.receive()"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        channel.receive(TIMEOUT)
        ours.send(0)
        with self.assertRaises(ours.RemoteError) as caught:
            ours.waitclose(TIMEOUT)
        self.assertIn("ZeroDivisionError", str(caught.exception))
        channel.send(1)
        channel.waitclose(TIMEOUT)

    def test_files(self):
        channel = self.gateway.remote_exec(
            "f = channel.gateway.newchannel()\nchannel.send(f)\nr = f.makefile('r')\n"
            "channel.send([r.readline(), r.read(3), r.readline()])\n"
            "w = channel.makefile('w')\nw.write('hello')\nw.flush()\nw.close()"
        )
        theirs = channel.receive(TIMEOUT)
        out = theirs.makefile("w", proxyclose=True)
        out.write("one\ntwo")
        out.write("three\n")
        out.close()
        self.assertEqual(channel.receive(TIMEOUT), ["one\n", "two", "three\n"])
        self.assertEqual(channel.receive(TIMEOUT), "hello")

    def test_remote_errors(self):
        channel = self.gateway.remote_exec("def f():\n    raise ValueError('xyz')\nf()")
        with self.assertRaises(channel.RemoteError) as caught:
            channel.receive(TIMEOUT)
        text = str(caught.exception)
        self.assertTrue(text.startswith("Traceback (most recent call last)"))
        self.assertIn('File "<remote exec>", line 2, in f', text)
        self.assertIn("ValueError: xyz", text)
        with self.assertRaises(EOFError):
            channel.receive(TIMEOUT)

    def test_remote_errors_of_functions_name_this_file(self):
        def fails(channel):
            raise ValueError(5)

        channel = self.gateway.remote_exec(fails)
        with self.assertRaises(channel.RemoteError) as caught:
            channel.waitclose(TIMEOUT)
        line = fails.__code__.co_firstlineno + 1
        self.assertIn("test_stock_master.py", str(caught.exception))
        self.assertIn("line %d, in fails" % line, str(caught.exception))

    def test_syntax_error(self):
        with self.assertRaises(execnet.RemoteError) as caught:
            self.gateway.remote_exec("x = (").waitclose(TIMEOUT)
        self.assertIn("SyntaxError", str(caught.exception))

    def test_timeouts(self):
        channel = self.gateway.remote_exec(
            "try: channel.receive(timeout=0.05)\n"
            "except channel.TimeoutError as e: channel.send(str(e))"
        )
        with self.assertRaises(channel.TimeoutError):
            channel.receive(timeout=0)
        self.assertEqual(channel.receive(TIMEOUT), "no item after 0.05 seconds")

    def test_master_closes_with_an_error(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\ntry: c.receive()\n"
            "except c.RemoteError as e: channel.send(str(e))"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        ours.close("my error")
        self.assertIn("my error", channel.receive(TIMEOUT))

    @unittest.skipIf(OLD, "execnet 1 on Python 3 does not take text for bytes")
    def test_reconfigure_a_channel(self):
        channel = self.gateway.remote_exec("channel.send(channel.receive())")
        channel.reconfigure(py2str_as_py3str=True, py3str_as_py2str=True)
        channel.send("abc")
        self.assertEqual(channel.receive(TIMEOUT), b"abc")
        channel = self.gateway.remote_exec(
            "channel.reconfigure(py3str_as_py2str=True); channel.send('abc')"
        )
        self.assertEqual(channel.receive(TIMEOUT), b"abc")

    @unittest.skipIf(OLD, "execnet 1 on Python 3 does not take text for bytes")
    def test_reconfigure_the_gateway(self):
        self.gateway.reconfigure(py2str_as_py3str=False, py3str_as_py2str=True)
        channel = self.gateway.remote_exec("channel.send(repr(channel.receive()))")
        channel.send("abc")
        self.assertEqual(channel.receive(TIMEOUT), b"b'abc'")

    def test_status(self):
        channel = self.gateway.remote_exec("channel.send(1); channel.receive()")
        channel.receive(TIMEOUT)
        status = self.gateway.remote_status()
        self.assertEqual((status.numexecuting, status.execmodel), (1, "thread"))
        self.assertGreaterEqual(status.numchannels, 1)
        channel.send(1)
        channel.waitclose(TIMEOUT)

    def test_rinfo(self):
        info = self.gateway._rinfo()
        self.assertEqual(info.version_info[:3], sys.version_info[:3])
        self.assertEqual(info.cwd, os.getcwd())

    def test_collected_channels(self):
        channel = self.gateway.remote_exec(
            "c = channel.receive()\nimport gc\ndel c\ngc.collect()\nchannel.send(1)\n"
            "c = channel.gateway.newchannel()\nchannel.send(c)\n"
            "try: c.receive(60)\nexcept EOFError: channel.send('closed')"
        )
        ours = self.gateway.newchannel()
        channel.send(ours)
        ours.waitclose(TIMEOUT)
        self.assertTrue(ours.isclosed())
        self.assertEqual(channel.receive(TIMEOUT), 1)
        theirs = channel.receive(TIMEOUT)
        del theirs
        import gc

        gc.collect()
        self.assertEqual(channel.receive(TIMEOUT), "closed")

    def test_multichannel(self):
        self.group.makegateway(self.spec(self.options))
        multi = self.group.remote_exec("channel.send(channel.receive() + 1)")
        multi.send_each(1)
        self.assertEqual(multi.receive_each(), [2, 2])
        multi.waitclose()
        multi = self.group.remote_exec("channel.send(1)")
        queue = multi.make_receive_queue(endmarker=None)
        self.assertEqual(sorted(str(queue.get(timeout=TIMEOUT)[1]) for _ in range(4))[0], "1")

    def test_specs(self):
        directory = os.path.join(tempfile.mkdtemp(), "made")
        self.addCleanup(shutil.rmtree, os.path.dirname(directory))
        gateway = self.group.makegateway(
            self.spec("chdir=%s//nice=3//env:EXECNET_TEST=some value" % directory)
        )
        channel = gateway.remote_exec(
            "import os\n"
            "n = os.getpriority(os.PRIO_PROCESS, os.getpid())\n"
            "channel.send((os.getcwd(), n, os.environ['EXECNET_TEST']))"
        )
        cwd, nice, value = channel.receive(TIMEOUT)
        self.assertEqual(os.path.realpath(cwd), os.path.realpath(directory))
        self.assertGreaterEqual(nice, 3)
        self.assertEqual(value, "some value")

    def test_main_thread_only(self):
        if OLD and isinstance(self, StockWorkerTest):
            self.skipTest("execnet 1.9 has no such execmodel")
        gateway = self.group.makegateway(self.spec("execmodel=main_thread_only"))
        first = gateway.remote_exec("channel.send(1); channel.receive()")
        first.receive(TIMEOUT)
        second = gateway.remote_exec("channel.send(2)")
        with self.assertRaises(second.RemoteError) as caught:
            second.receive(TIMEOUT)
        self.assertIn("would cause deadlock for main_thread_only", str(caught.exception))
        first.send(1)
        first.waitclose(TIMEOUT)

    def test_rsync(self):
        source, target = tempfile.mkdtemp(), tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, source)
        self.addCleanup(shutil.rmtree, target)
        os.makedirs(os.path.join(source, "a", "b"))
        with open(os.path.join(source, "a", "b", "c"), "wb") as out:
            out.write(b"x" * 100000)
        os.symlink("c", os.path.join(source, "a", "b", "link"))
        rsync = execnet.RSync(source, verbose=False)
        rsync.add_target(self.gateway, os.path.join(target, "t"))
        rsync.send()
        with open(os.path.join(target, "t", "a", "b", "link"), "rb") as copied:
            self.assertEqual(copied.read(), b"x" * 100000)

    def test_as_a_hop(self):
        spec = "popen//via=%s//python=%s" % (self.gateway.id, sys.executable)
        behind = self.group.makegateway(spec)
        channel = behind.remote_exec("import os; channel.send((os.getpid(), channel.receive()))")
        channel.send(b"x" * 100000)
        pid, data = channel.receive(TIMEOUT)
        self.assertEqual(data, b"x" * 100000)
        ours = self.run_remote("import os; channel.send(os.getpid())")
        self.assertNotIn(pid, (os.getpid(), ours[0]))

    def test_behind_a_hop(self):
        spec = self.spec("via=%s" % self.gateway.id)
        behind = self.group.makegateway(spec)
        channel = behind.remote_exec("for x in channel: channel.send(x * 2)")
        channel.send(4)
        self.assertEqual(channel.receive(TIMEOUT), 8)

    @unittest.skipIf(OLD, "the server of execnet 1 needs internals of its own kind of worker")
    def test_socket_server_in_the_worker(self):
        spec = "socket//installvia=%s//id=behind" % self.gateway.id
        behind = self.group.makegateway(spec)
        self.assertEqual(list(behind.remote_exec("channel.send(5)")), [5])

    def test_like_pytest_xdist(self):
        source = textwrap.dedent(
            """
            from queue import Empty
            if __name__ == '__channelexec__':
                config = channel.receive()
                torun = channel.gateway.execmodel.queue.Queue()
                def handle(command):
                    if command == SHUTDOWN:
                        torun.put(None)
                    else:
                        torun.put(command)
                SHUTDOWN = 'shutdown'
                channel.setcallback(handle, endmarker=SHUTDOWN)
                channel.send(('ready', {'id': channel.gateway.id, 'cfg': config}))
                while True:
                    item = torun.get()
                    if item is None:
                        break
                    channel.send(('report', {'item': item[1]['n']}))
                channel.send(('finished', {}))
            """
        )
        channel = self.gateway.remote_exec(source)
        channel.send({"verbose": 1, "args": ["x"]})
        self.assertEqual(channel.receive(TIMEOUT)[0], "ready")
        for number in range(10):
            channel.send(("run", {"n": number}))
        for number in range(10):
            self.assertEqual(channel.receive(TIMEOUT), ("report", {"item": number}))
        channel.send("shutdown")
        self.assertEqual(channel.receive(TIMEOUT), ("finished", {}))
        channel.waitclose(TIMEOUT)

    def test_termination_of_busy_workers(self):
        pids = []
        for source in ("while True: pass", "channel.receive()", "import time; time.sleep(100)"):
            gateway = self.group.makegateway(self.spec(self.options))
            channel = gateway.remote_exec("import os; channel.send(os.getpid())\n" + source)
            pids.append(channel.receive(TIMEOUT))
        self.group.terminate(timeout=0.5)
        deadline = time.monotonic() + TIMEOUT
        while any(map(alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_exit_of_one_gateway(self):
        pid = self.run_remote("import os; channel.send(os.getpid())")[0]
        self.gateway.exit()
        self.gateway.join()
        deadline = time.monotonic() + TIMEOUT
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(alive(pid))


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@unittest.skipIf(execnet is None, "needs stock execnet: pip install execnet")
@unittest.skipUnless(os.path.isdir("/proc/self"), "looks at processes in /proc")
class OurWorkerTest(Scenarios, unittest.TestCase):
    def spec(self, options=""):
        arguments = ""
        if "main_thread_only" in options:
            arguments = " --execmodel main_thread_only"
        python = "popen//python=%s %s%s" % (sys.executable, program.launcher_file(), arguments)
        return python + ("//" + options if options else "")

    def test_it_is_ours(self):
        shown = self.run_remote("channel.send(repr(channel.gateway))")
        self.assertEqual(shown, ["<WorkerGateway id='worker' thread>"])


@unittest.skipIf(execnet is None, "needs stock execnet: pip install execnet")
@unittest.skipUnless(os.path.isdir("/proc/self"), "looks at processes in /proc")
class StockWorkerTest(Scenarios, unittest.TestCase):
    def spec(self, options=""):
        return "popen" + ("//" + options if options else "")


if __name__ == "__main__":
    unittest.main()
