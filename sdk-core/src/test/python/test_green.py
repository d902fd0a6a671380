"""The execution models of green threads, where their libraries are installed."""

import importlib.util
import time
import unittest

import master
from execnet_worker import frames


class GreenScenarios:
    library = None

    def setUp(self):
        if importlib.util.find_spec(self.library) is None:
            with master.Worker("--execmodel=" + self.library) as worker:
                self.assertEqual((worker.hello, worker.wait()), (b"", 2))
                self.assertIn("execmodel %r needs" % self.library, worker.errors)
                self.assertEqual(len(worker.errors.splitlines()), 1)
            self.skipTest("needs %s: pip install %s" % (self.library, self.library))
        self.worker = master.Worker("--execmodel=" + self.library)
        self.addCleanup(self.worker.__exit__)
        self.worker.start()
        self.assertEqual(self.worker.hello, b"1")

    def test_items_both_ways(self):
        channel = self.worker.execute("for x in channel: channel.send(x)")
        for value in (1, "x", b"y" * 1000000, [None]):
            self.worker.send(channel, value)
            self.assertEqual(self.worker.item(channel), value)

    def test_executions_take_turns_in_one_thread(self):
        source = "import threading\nchannel.send(threading.get_ident())\nchannel.receive()"
        channels = [self.worker.execute(source) for _ in range(5)]
        self.assertEqual(len({self.worker.item(channel) for channel in channels}), 1)
        status = self.worker.status()
        self.assertEqual((status["numexecuting"], status["execmodel"]), (5, self.library))
        for channel in channels:
            self.worker.send(channel, 0)
            self.worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_sleeping_and_blocked_sending_let_others_run(self):
        sleeping = self.worker.execute("channel.gateway.execmodel.sleep(1000)")
        sending = self.worker.execute("for i in range(40): channel.send(b'x' * 500000)")
        self.assertEqual(self.worker.run("channel.send(1)"), [1])
        for _ in range(40):
            self.assertEqual(len(self.worker.item(sending)), 500000)
        self.assertEqual(self.worker.status()["numexecuting"], 1)
        self.worker.frame(frames.CHANNEL_CLOSE, sleeping)

    def test_callbacks_timeouts_and_waiting(self):
        channel = self.worker.execute(
            "c = channel.gateway.newchannel()\nc.setcallback(channel.send, endmarker='end')\n"
            "channel.send(c)\nc.waitclose()\n"
            "try: channel.receive(timeout=0.01)\n"
            "except channel.TimeoutError as e: channel.send(str(e))"
        )
        other = self.worker.item(channel).id
        self.worker.send(other, 1)
        self.assertEqual(self.worker.item(channel), 1)
        self.worker.frame(frames.CHANNEL_CLOSE, other)
        self.assertEqual(self.worker.item(channel), "end")
        self.assertEqual(self.worker.item(channel), "no item after 0.01 seconds")

    def test_api_of_the_execmodel(self):
        source = (
            "m = channel.gateway.execmodel\n"
            "q = m.queue.Queue()\nm.start(q.put, (1,))\nchannel.send(q.get())\n"
            "e = m.Event()\nm.start(e.set)\ne.wait(30)\nchannel.send(e.is_set())\n"
            "with m.Lock(), m.RLock(), m.Semaphore(): pass\nm.sleep(0); m.get_ident()\n"
            "m.subprocess.Popen, m.socket.socket\n"
            "import os\nr, w = os.pipe()\nf = m.fdopen(w, 'wb', 0); f.write(b'x'); f.close()\n"
            "f = m.fdopen(r, 'rb', 1); channel.send(f.read())\n"
        )
        self.assertEqual(self.worker.run(source), [1, True, b"x"])

    def test_errors(self):
        text = self.worker.error(self.worker.execute("1/0"))
        self.assertIn("ZeroDivisionError", text)
        text = self.worker.error(self.worker.execute("raise SystemExit(1)"))
        self.assertIn("SystemExit", text)
        text = self.worker.error(self.worker.execute("raise KeyboardInterrupt"))
        self.assertEqual(text, "keyboard-interrupted")
        self.assertEqual(self.worker.run("channel.send(1)"), [1])

    def ends(self, at_most):
        began = time.monotonic()
        self.worker.close_input()
        status = self.worker.wait()
        self.assertLess(time.monotonic() - began, at_most)
        return status

    def test_ends_when_idle(self):
        self.worker.run("1")
        self.assertEqual(self.ends(4), 0)
        self.assertNotIn("Traceback", self.worker.errors)  # (eventlet warns)

    def test_terminated(self):
        channel = self.worker.execute("channel.send(1); channel.receive()")
        self.worker.item(channel)
        self.worker.frame(frames.GATEWAY_TERMINATE)
        self.assertEqual(self.worker.wait(), 0)

    def test_ends_where_code_sleeps(self):
        channel = self.worker.execute("channel.send(1); channel.gateway.execmodel.sleep(1000)")
        self.worker.item(channel)
        self.ends(14)

    def test_ends_where_code_never_yields(self):
        channel = self.worker.execute("channel.send(1)\nwhile True: pass")
        self.worker.item(channel)
        self.ends(40)


class GeventTest(GreenScenarios, unittest.TestCase):
    library = "gevent"


class EventletTest(GreenScenarios, unittest.TestCase):
    library = "eventlet"


if __name__ == "__main__":
    unittest.main()
