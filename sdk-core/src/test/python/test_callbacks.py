"""Callbacks: one thread calls them all, in order, and keeps nobody else waiting."""

import os
import unittest

import credit_case
import master
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal

BLOCKED = (
    "c = new()\nentered, go_on = m.Event(), m.Event()\n"
    "def block(x):\n    entered.set()\n    go_on.wait()\n"
    "c.setcallback(block)\nentered.wait()\n"
)


class Calls:
    def test_in_order_over_all_channels(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "a, b, calls = new(), new(), []\n"
            "for c in (a, b): c.setcallback(lambda x, c=c: calls.append((c.id, x)), 'end')\n"
            "channel.send('ready')\na.waitclose()\nb.waitclose()\nchannel.send(calls)",
        )
        a, b = worker.item(channel).id, worker.item(channel).id
        self.assertEqual(worker.item(channel), "ready")
        expected = []
        for number in range(40):
            for other in (a, b):
                worker.send(other, number)
                expected.append((other, number))
        for other in (a, b):
            worker.frame(frames.CHANNEL_CLOSE, other)
            expected.append((other, "end"))
        self.assertEqual(worker.item(channel), expected)

    def test_one_that_blocks_for_ever_stops_no_one_else(self):
        worker = self.greeted(to_worker=(1000, 10**7, 10**8))
        channel = self.execute(worker, BLOCKED + "for x in channel: channel.send([x])")
        blocked = worker.item(channel).id
        for _ in range(100):
            worker.send(blocked, b"x" * 10000)
        for number in range(100):
            worker.send(channel, number)
            self.assertEqual(worker.take(channel), [number])
        worker.frame(frames.CHANNEL_LAST_MESSAGE, channel)
        worker.expect(channel, frames.CHANNEL_CLOSE)
        self.assertEqual(worker.run("channel.send(1)"), [1])
        self.assertEqual(worker.arrived(("credit", blocked)), 0)

    def test_one_that_blocks_for_ever_where_the_master_wants_no_credit(self):
        worker = self.started()
        worker.frame(frames.HELLO, 0, b"JQ")
        channel = self.execute(worker, BLOCKED + "for x in channel: channel.send([x])")
        blocked = worker.item(channel).id
        for _ in range(100):
            worker.send(blocked, b"x" * 100000)
        worker.send(channel, 1)
        self.assertEqual(worker.item(channel), [1])

    def test_may_receive_and_send_and_execute(self):
        worker = self.greeted(to_master=credit_case.ONE, to_worker=credit_case.ONE)
        channel = self.execute(
            worker,
            "c, d = new(), new()\n"
            "c.setcallback(lambda x: [d.send(x + d.receive()) for _ in range(2)])\nc.waitclose()",
        )
        c, d = worker.take(channel).id, worker.take(channel).id
        worker.send(c, 10)
        for number in range(2):
            worker.send(d, number)
            self.assertEqual(worker.credited(d), (1, 6))
            self.assertEqual(worker.take(d), 10 + number)
        self.assertEqual(worker.credited(c), (1, 6))

    def test_whatever_they_raise_closes_their_channel_alone(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "other = new()\nother.setcallback(other.send)\n"
            "def fail(error): raise [ValueError, SystemExit, KeyboardInterrupt][error]('why')\n"
            "for _ in range(3):\n    c = new()\n    c.setcallback(fail)\n"
            "    try: c.waitclose()\n    except c.RemoteError as e: channel.send(str(e))",
        )
        other = worker.item(channel).id
        for number, error in enumerate(("ValueError", "SystemExit", "KeyboardInterrupt")):
            c = worker.item(channel).id
            worker.send(c, number)
            text = worker.error(c)
            self.assertIn(error + ": why", text)
            self.assertEqual(worker.item(channel), text)
            worker.send(other, number)
            self.assertEqual(worker.item(other), number)

    def test_that_fail_are_not_called_again(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "c, calls = new(), []\nchannel.receive()\n"
            "def call(x):\n    calls.append(x)\n    1 / (x - 2)\n"
            "c.setcallback(call, endmarker=99)\n"
            "try: c.waitclose()\nexcept c.RemoteError: channel.send(calls)",
        )
        c = worker.item(channel).id
        for number in range(5):
            worker.send(c, number)
        worker.frame(frames.CHANNEL_CLOSE, c)  # the call that fails comes after that
        worker.send(channel, "go")
        self.assertIn("ZeroDivisionError", worker.error(c))
        self.assertEqual(worker.item(channel), [0, 1, 2, 99])

    def test_what_one_raises_at_the_endmarker(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "other = new()\nother.setcallback(other.send)\n"
            "for _ in range(2):\n    c = new()\n    c.setcallback(lambda x: 1 / 0, 'end')\n"
            "    try: c.waitclose()\n    except c.RemoteError as e: channel.send(str(e))",
        )
        other = worker.item(channel).id
        c = worker.item(channel).id
        worker.frame(frames.CHANNEL_LAST_MESSAGE, c)  # so it was open for sending
        text = worker.error(c)
        self.assertIn("ZeroDivisionError", text)
        self.assertEqual(worker.item(channel), text)
        c = worker.item(channel).id
        worker.frame(frames.CHANNEL_CLOSE, c)
        self.assertIn("ZeroDivisionError", worker.item(channel))
        worker.send(other, 1)
        self.assertEqual(worker.item(other), 1)
        self.assertEqual(worker.arrived(c), 0)
        worker.close_input()
        worker.wait()
        self.assertEqual(worker.errors.count("ZeroDivisionError"), 1)  # that nobody was told of

    def test_waitclose_waits_for_those_of_what_came_before(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "c, calls = new(), []\nc.waitclose()\n"
            "def call(x):\n    m.sleep(0)\n    calls.append(x)\n"
            "c.setcallback(call, endmarker='end')\nc.waitclose()\nchannel.send(calls)",
        )
        c = worker.item(channel).id
        for number in range(50):
            worker.send(c, number)
        worker.frame(frames.CHANNEL_CLOSE, c)
        self.assertEqual(worker.item(channel), list(range(50)) + ["end"])

    def test_those_that_are_due_are_called_before_the_end(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import sys\nc = new()\n"
            "def call(x):\n    m.sleep(0.01)\n    sys.stderr.write('<%s>' % x)\n"
            "c.setcallback(call, endmarker='end')",
        )
        c = worker.item(channel).id
        worker.expect(channel, frames.CHANNEL_CLOSE)
        for number in range(10):
            worker.send(c, number)
        worker.close_input()
        self.assertEqual(worker.wait(), 0)
        expected = "".join("<%s>" % x for x in list(range(10)) + ["end"])
        self.assertIn(expected, worker.errors)

    def test_one_that_blocks_does_not_keep_the_worker_from_ending(self):
        worker = self.greeted()
        channel = self.execute(worker, BLOCKED + "channel.send(1)")
        worker.send(worker.item(channel).id, 1)
        self.assertEqual(worker.item(channel), 1)
        worker.close_input()
        worker.wait()


class ThreadTest(credit_case.HelloCase):
    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_a_child_that_returns_from_one_ends(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import os\ndef call(x):\n"
            "    pid = os.fork()\n    if not pid: return x / x\n"
            "    channel.send(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))\n"
            "c = new()\nc.setcallback(call, 0)\nc.waitclose()",
        )
        c = worker.item(channel).id
        worker.send(c, 1)
        self.assertEqual(worker.item(channel), 0)
        worker.send(c, 0)
        self.assertEqual(worker.item(channel), 1)
        worker.frame(frames.CHANNEL_CLOSE, c)
        self.assertEqual(worker.item(channel), 1)
        worker.expect(channel, frames.CHANNEL_CLOSE)
        worker.close_input()
        worker.wait()
        self.assertEqual(worker.errors.count("ZeroDivisionError"), 2)

    def test_the_end_comes_after_what_was_there_when_it_was_set(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import sys\nsys.setswitchinterval(1e-6)\n"
            "for _ in range(200):\n"
            "    a = new()\n    when(lambda: len(a._items) == 20)\n    called = []\n"
            "    channel.send('full')\n"
            "    a.setcallback(called.append, endmarker='end')\n    a.waitclose()\n"
            "    assert called == list(range(20)) + ['end'], called\n",
        )
        for _ in range(200):
            a = worker.item(channel).id
            for number in range(20):
                worker.send(a, number)
            self.assertEqual(worker.item(channel), "full")
            worker.frame(frames.CHANNEL_CLOSE, a)
            worker.credit(channel, 2, 0)
        worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_one_that_is_set_while_the_end_is_noted_is_waited_for(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import threading\nnoted, go_on = threading.Event(), threading.Event()\n"
            "a = new()\ncalled = []\nnote = a._receive_no_more\n"
            "def set_meanwhile(error):\n"
            "    del a._receive_no_more\n"
            "    a.setcallback(called.append, endmarker='end')\n"
            "    note(error)\n    noted.set()\n    go_on.wait()\n"
            "a._receive_no_more = set_meanwhile\nchannel.send('ready')\nnoted.wait()\n"
            "try: a.waitclose(0)\nexcept a.TimeoutError: channel.send('open')\n"
            "go_on.set()\na.waitclose()\nchannel.send(called)\n",
        )
        a = worker.item(channel).id
        self.assertEqual(worker.item(channel), "ready")
        worker.send(a, 1)
        worker.frame(frames.CHANNEL_CLOSE, a)
        self.assertEqual(worker.item(channel), "open")
        self.assertEqual(worker.item(channel), [1, "end"])

    def test_one_of_an_earlier_channel_of_that_id_keeps_no_end_back(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import gc, threading\nbegun, go_on = threading.Event(), threading.Event()\n"
            "def call(item):\n    begun.set()\n    go_on.wait()\n"
            "a = channel.receive()\na.setcallback(call)\nbegun.wait()\ndel a\ngc.collect()\n"
            "a = channel.receive()\nchannel.send(1)\n"
            "for _ in range(2):\n    try: a.receive(60)\n"
            "    except Exception as exc: channel.send(type(exc).__name__)\n"
            "go_on.set()\n",
        )
        worker.send_channel(channel, 101)
        worker.send(101, 5)
        worker.expect(101, frames.CHANNEL_LAST_MESSAGE)
        worker.send_channel(channel, 101)
        self.assertEqual(worker.item(channel), 1)
        worker.frame(frames.CHANNEL_CLOSE_ERROR, 101, dumps_internal("oops"))
        self.assertEqual(worker.item(channel), "RemoteError")
        self.assertEqual(worker.item(channel), "EOFError")

    def test_is_one_of_its_own_with_a_name(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import threading\ndef call(x):\n"
            "    t = threading.current_thread()\n    channel.send((t.name, t.ident))\n"
            "a, b = new(), new()\na.setcallback(call)\nb.setcallback(call)\nchannel.receive()",
        )
        threads = set()
        for other in (worker.item(channel).id, worker.item(channel).id):
            worker.send(other, 1)
            threads.add(worker.item(channel))
        self.assertEqual([name for name, _ in threads], ["execnet callbacks"])


class StockTest(master.WorkerCase):
    """A master that knows no credit is slowed down by a callback that is."""

    def test_so_much_waits_and_no_more(self):
        channel = self.worker.execute(
            "import sys, time\nc = channel.gateway.newchannel()\nresults = []\n"
            "def reading_waits():\n    for frame in sys._current_frames().values():\n"
            "        while frame is not None:\n"
            "            if frame.f_code.co_name == 'wait_for_room': return True\n"
            "            frame = frame.f_back\n"
            "def call(x):\n"
            "    while not results and not (len(c._items) > 1 and reading_waits()):\n"
            "        if len(c._items) == 300: break\n        time.sleep(0.001)\n"
            "    results.append(len(c._items))\n"
            "c.setcallback(call)\nchannel.send(c)\n"
            "c.waitclose()\nchannel.send(results)"
        )
        c = self.worker.item(channel).id
        for _ in range(300):
            self.worker.send(c, b"x" * 10000)
        self.worker.frame(frames.CHANNEL_CLOSE, c)
        results = self.worker.item(channel)
        self.assertEqual(len(results), 300)
        self.assertLess(max(results), 30)


credit_case.for_all_models(Calls, globals())

if __name__ == "__main__":
    unittest.main()
