"""A worker that is asked what it is at, while that hangs."""

import time
import unittest

import credit_case
from execnet_worker import frames


class Asking:
    def ask(self, worker):
        worker.frame(frames.DIAGNOSE, -7, b"")
        msgcode, payload = worker.next_frame(-7)
        self.assertEqual(msgcode, frames.DIAGNOSIS)
        return payload.decode("ascii")

    def assert_told(self, worker, *parts):
        """It says all of this, as soon as it is so."""
        deadline = time.monotonic() + 30
        text = self.ask(worker)
        while not all(part in text for part in parts) and time.monotonic() < deadline:
            text = self.ask(worker)
        for part in parts:
            self.assertIn(part, text)
        return text


class Diagnosing(Asking):
    def begun(self, source, *arguments, **options):
        worker = self.greeted(*arguments, **options)
        channel = worker.execute("channel.send(1)\n" + source, "hanging.py")
        self.assertEqual(worker.item(channel), 1)
        return worker

    def test_receiving(self):
        worker = self.begun("def wait(on):\n  on.receive()\nwait(channel)")
        self.assert_told(
            worker,
            "of execmodel %s, executes 1 pieces of code, and 0 wait" % self.model,
            "channel 1: its code has run for ",
            ", is in receive on channel 1, for ",
            '  File "hanging.py", line 3, in wait: on.receive()\n'
            '  File "hanging.py", line 4, in <module>: wait(channel)',
        )

    def test_sending(self):
        worker = self.begun("for i in range(9): channel.send(i)", to_master=(2, 1000, 1000))
        self.assert_told(
            worker,
            "is in send on channel 1, for ",
            "channel 1: 0 items of 0 bytes",
            "1 wait to send",
        )

    def test_waiting_for_the_end(self):
        worker = self.begun("channel.waitclose()")
        self.assert_told(worker, "is in waitclose on channel 1, for ")

    def test_what_is_not_received(self):
        worker = self.begun("channel.gateway.newchannel().receive()")
        worker.send(1, "abc")
        worker.send(1, "def")
        self.assert_told(
            worker, "is in receive on channel 2", "channel 1: 2 items of 18 bytes were not taken"
        )

    def test_a_callback(self):
        worker = self.begun(
            "event = channel.gateway.execmodel.Event()\n"
            "def callback(item):\n"
            "    event.wait()\n"
            "channel.setcallback(callback)\n"
            "channel.gateway.newchannel().receive()"
        )
        worker.send(1, 1)
        worker.send(1, 2)
        self.assert_told(
            worker,
            "channel 1: a call of its callback has taken ",
            " and 1 other calls wait for that",
            '  File "hanging.py", line 4, in callback: event.wait()',
        )

    def test_a_busy_loop(self):
        worker = self.begun("def loop():\n    while True: pass\nloop()")
        self.assert_told(
            worker,
            "waits for nothing of execnet's",
            'File "hanging.py", line 3, in loop: while True',
        )

    def test_nothing(self):
        worker = self.greeted()
        text = self.ask(worker)
        self.assertIn("executes 0 pieces of code", text)
        self.assertEqual(len(text.splitlines()), 1)

    def test_is_not_answered_where_nobody_wants_it(self):
        worker = self.started()
        worker.frame(frames.HELLO, 0, credit_case.dumps_internal({}))
        worker.frame(frames.DIAGNOSE, 5, b"")
        self.assertEqual(worker.arrived(5), 0)


class ThreadsTest(Asking, credit_case.HelloCase):
    def test_a_lock(self):
        worker = self.greeted()
        worker.execute(
            "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire(True, 1e5)"
        )
        self.assert_told(worker, "in <module>: lock.acquire(True, 1e5)")

    def test_is_bounded(self):
        worker = self.greeted()
        source = "def deep(n):\n  deep(n - 1) if n else channel.receive() # %s\ndeep(100)"
        for number in range(120):
            worker.execute(source % ("x" * 5000))
            worker.send(worker.execute("channel.gateway.newchannel().receive()"), number)
        while worker.status()["numexecuting"] < 240:
            pass
        text = self.assert_told(worker, "executes 240 pieces of code")
        self.assertLess(len(text), 131073)


class MainOnlyTest(Asking, credit_case.HelloCase):
    model = "main_thread_only"

    def test_who_waits_for_its_turn(self):
        worker = self.greeted()
        worker.item(worker.execute("channel.send(1)\nchannel.receive()"))
        worker.execute("pass")
        self.assert_told(worker, "executes 1 pieces of code, and 1 wait for their turn")


credit_case.for_all_models(Diagnosing, globals())

if __name__ == "__main__":
    unittest.main()
