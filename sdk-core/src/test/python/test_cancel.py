"""Cancelling one execution, wherever it is, and harming no other."""

import os
import signal
import sys
import unittest

import credit_case
import master
from execnet_worker import frames

# Says on a channel of its own that it has begun, and what has become of it.
TELLING = """\
import time
told = new()
def run():
%s
try:
    told.send('begun')
    run()
    told.send('through')
except channel.Cancelled:
    told.send('cancelled')
    raise
finally:
    try:
        channel.send('last words')
    except OSError:
        told.send('too late to send')
    told.close()
"""

CANCELLED = ["begun", "cancelled", "too late to send"]

FLOOD = "while True: channel.send(1)"

# Some milliseconds each, in which nothing else runs, not even what takes a cancel in.
KEEPING_FOR_A_WHILE = "while True:\n    sum(range(10**6))"

CPYTHON = sys.implementation.name == "cpython"


class CancelCase(credit_case.HelloCase):
    def begin(self, worker, code):
        """Execute code that tells; the channel of it, and the one on which it tells."""
        source = TELLING % "".join("    %s\n" % line for line in code.splitlines())
        channel = self.execute(worker, source)
        return channel, worker.item(channel).id

    def cancel(self, worker, channel):
        worker.frame(frames.CANCEL, channel)

    def told(self, worker, told):
        items = []
        while True:
            msgcode, payload = worker.next_frame(told)
            if msgcode != frames.CHANNEL_DATA:
                return items
            items.append(master.loads_internal(payload))

    def assert_cancelled(self, worker, code, to_send=None):
        channel, told = self.begin(worker, code)
        items = [worker.item(told)]
        if to_send is not None:
            worker.send(channel, to_send)
        self.cancel(worker, channel)
        msgcode = frames.CHANNEL_DATA
        while msgcode == frames.CHANNEL_DATA:
            msgcode, payload = worker.next_frame(channel)
        self.assertEqual(msgcode, frames.CHANNEL_CLOSE_ERROR)
        self.assertIn("Cancelled", master.loads_internal(payload))
        self.assertIn('File "<remote exec', master.loads_internal(payload))
        self.assertEqual(items + self.told(worker, told), CANCELLED)


class Cancelling:
    def test_while_it_sleeps(self):
        worker = self.greeted()
        self.assert_cancelled(worker, "m.sleep(600)")
        self.assert_alive(worker)

    def test_while_it_receives(self):
        self.assert_cancelled(self.greeted(), "channel.receive()")

    def test_while_it_receives_with_a_timeout(self):
        self.assert_cancelled(self.greeted(), "channel.receive(600)")

    def test_while_it_receives_on_another_channel(self):
        self.assert_cancelled(self.greeted(), "new_here = channel.gateway.newchannel().receive()")

    def test_while_it_waits_for_a_close(self):
        self.assert_cancelled(self.greeted(), "channel.gateway.newchannel().waitclose()")

    def test_while_it_waits_for_credit(self):
        self.assert_cancelled(self.greeted(to_master=(4, 10**6, 10**6)), FLOOD)

    def test_while_it_only_sends_on_another_channel(self):
        worker = self.greeted()
        channel = self.execute(worker, "c = new()\nchannel.send(0)\nwhile True: c.send(1)")
        other = worker.item(channel).id
        self.assertEqual(worker.item(channel), 0)
        self.cancel(worker, channel)
        while True:
            frame = worker.next()
            if frame[1] == other:
                worker.credit(other, 1, len(frame[2]))
            elif frame[1] == channel:
                break
        self.assertEqual(frame[0], frames.CHANNEL_CLOSE_ERROR)
        self.assertIn("Cancelled", master.loads_internal(frame[2]))

    def test_while_it_iterates(self):
        self.assert_cancelled(self.greeted(), "for item in channel: pass", 1)

    def test_more_than_once_and_after_the_end(self):
        worker = self.greeted()
        for _ in range(20):
            channel, told = self.begin(worker, "m.sleep(600)")
            self.assertEqual(worker.item(told), "begun")
            for _ in range(3):
                self.cancel(worker, channel)
            self.assertIn("Cancelled", worker.error(channel))
            self.cancel(worker, channel)
            self.assertEqual(self.told(worker, told), CANCELLED[1:])
        self.cancel(worker, 12345)
        self.assertEqual(worker.run("channel.send(1)"), [1])

    def test_at_any_time(self):
        worker = self.greeted()
        for _ in range(100):
            channel = worker.execute(
                "x = 1\nwhile channel: x += 1; channel.gateway.execmodel.sleep(0)"
            )
            self.cancel(worker, channel)
            text = worker.error(channel)
            self.assertIn("ancelled", text)
        self.assertEqual(worker.run("channel.send(1)"), [1])

    def test_of_code_that_ends_by_itself_leaves_what_follows_alone(self):
        worker = self.greeted()
        for _ in range(100):
            channel = worker.execute("pass")
            self.cancel(worker, channel)
            msgcode, _ = worker.next_frame(channel)
            self.assertIn(msgcode, (frames.CHANNEL_CLOSE, frames.CHANNEL_CLOSE_ERROR))
            self.assertEqual(worker.run("for i in range(100): pass\nchannel.send(1)"), [1])

    def test_code_that_takes_no_notice_goes_on(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "told = new()\n"
            "try: m.sleep(600)\n"
            "except KeyboardInterrupt: told.send('ignored')\n"
            "told.send(told.receive())\n",
        )
        told = worker.item(channel).id
        self.cancel(worker, channel)
        self.assertEqual(worker.item(told), "ignored")
        worker.send(told, "go on")
        self.assertEqual(worker.item(told), "go on")
        worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_what_it_received_is_credited(self):
        worker = self.greeted(to_worker=(4, 10**6, 10**6))
        channel, told = self.begin(worker, "channel.gateway.newchannel().receive()")
        for number in range(4):
            worker.send(channel, number)
        self.cancel(worker, channel)
        self.assertIn("Cancelled", worker.error(channel))
        outstanding = 4 * credit_case.size(0)
        while outstanding:
            outstanding -= worker.credited(channel)[1]


credit_case.for_all_models(Cancelling, globals(), CancelCase)


class InMainThread:
    """Where a signal reaches it."""

    def test_while_it_computes(self):
        self.assert_cancelled(self.greeted(), "while True: pass")

    def test_while_it_blocks_in_the_system(self):
        self.assert_cancelled(self.greeted(), "import os\nr, w = os.pipe()\nos.read(r, 1)")

    def test_while_it_waits_for_a_process(self):
        worker = self.greeted()
        channel, told = self.begin(
            worker,
            "import subprocess\n"
            "with subprocess.Popen(['sleep', '600']) as process:\n"
            "    try:\n"
            "        told.send('started')\n"
            "        process.wait()\n"
            "    finally:\n"
            "        process.kill()",
        )
        self.assertEqual([worker.item(told), worker.item(told)], ["begun", "started"])
        self.cancel(worker, channel)
        self.assertIn("Cancelled", worker.error(channel))

    def test_while_it_blocks_on_a_lock(self):
        self.assert_cancelled(
            self.greeted(), "import _thread\nk = _thread.allocate_lock()\nk.acquire()\nk.acquire()"
        )

    def test_while_it_waits_in_a_function_of_c(self):
        self.assert_cancelled(
            self.greeted(), "import os, select\nr, w = os.pipe()\nselect.select([r], [], [])"
        )

    def test_between_functions_of_c_that_keep_the_interpreter(self):
        self.assert_cancelled(self.greeted(), KEEPING_FOR_A_WHILE)

    def test_a_handler_of_its_own_gets_it_as_an_interrupt(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import signal\ntold, calls = new(), []\n"
            "before = signal.signal(signal.SIGINT, lambda *args: calls.append(1))\n"
            "told.send('ready')\n"
            "while not calls: pass\n"
            "signal.signal(signal.SIGINT, before)\n"
            "try: told.send('never')\n"
            "except channel.Cancelled: told.send(len(calls))\n",
        )
        told = worker.item(channel).id
        self.assertEqual(worker.item(told), "ready")
        self.cancel(worker, channel)
        self.assertEqual(worker.item(told), 1)
        worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_interrupts_by_the_thousand_end_no_worker(self):
        worker = self.greeted()
        for _ in range(5):
            channel, told = self.begin(worker, "while True: pass")
            self.assertEqual(worker.item(told), "begun")
            for _ in range(1000):
                os.kill(worker.process.pid, signal.SIGINT)
            while worker.next_frame(channel)[0] == frames.CHANNEL_DATA:
                pass
        self.assert_alive(worker)


class InMainThreadTest(InMainThread, CancelCase):
    pass


class InOnlyThreadTest(InMainThread, CancelCase):
    model = "main_thread_only"

    def test_while_it_waits_for_the_thread(self):
        worker = self.greeted()
        first, told = self.begin(worker, "m.sleep(600)")
        self.assertEqual(worker.item(told), "begun")
        second = worker.execute("channel.send('never')")
        self.cancel(worker, second)
        self.assertEqual(worker.error(second), "cancelled before it was started")
        self.cancel(worker, first)
        self.assertIn("Cancelled", worker.error(first))


class BusyHub:
    """A green thread that lets no other run can only be reached by a signal."""

    def test_while_it_computes(self):
        self.assert_cancelled(self.greeted(), "while True: pass")

    def test_while_it_sleeps_for_all(self):
        self.assert_cancelled(self.greeted(), "time.sleep(600)")

    def test_while_it_blocks_all_in_the_system(self):
        self.assert_cancelled(self.greeted(), "import os\nr, w = os.pipe()\nos.read(r, 1)")

    def test_between_functions_of_c_that_keep_the_interpreter(self):
        self.assert_cancelled(self.greeted(), KEEPING_FOR_A_WHILE)

    def test_others_of_the_hub_go_on(self):
        worker = self.greeted()
        other, told = self.begin(worker, "channel.receive()")
        self.assertEqual(worker.item(told), "begun")
        self.assert_cancelled(worker, "while True: pass")
        worker.send(other, 1)
        self.assertEqual(self.told(worker, told), ["through"])


class BusyGeventTest(BusyHub, CancelCase):
    model = "gevent"

    def test_where_all_was_patched(self):
        worker = self.greeted()
        other, told = self.begin(
            worker, "from gevent import monkey\nmonkey.patch_all()\nchannel.receive()"
        )
        self.assertEqual(worker.item(told), "begun")
        for code in ("while True: pass", "time.sleep(600)", "channel.receive()"):
            self.assert_cancelled(worker, code)
        worker.send(other, 1)
        self.assertEqual(self.told(worker, told), ["through"])


class BusyEventletTest(BusyHub, CancelCase):
    model = "eventlet"


class InOtherThreadsTest(CancelCase):
    """Which no signal reaches: the exception is raised when they run Python code."""

    def greeted(self, **options):
        worker = super().greeted(**options)
        self.first, told = self.begin(worker, "channel.receive()")
        self.assertEqual(worker.item(told), "begun")
        self.addCleanup(self.assert_unharmed, worker, told)
        return worker

    def assert_unharmed(self, worker, told):
        worker.send(self.first, "go on")
        self.assertEqual(worker.item(told), "through")

    @unittest.skipUnless(CPYTHON, "only CPython can raise exceptions in other threads")
    def test_while_it_computes(self):
        self.assert_cancelled(self.greeted(), "while True: pass")

    @unittest.skipUnless(CPYTHON, "only CPython can raise exceptions in other threads")
    def test_at_any_time(self):
        worker = self.greeted()
        for number in range(60):
            channel = worker.execute("x = 0\nwhile True: x += 1\n")
            for _ in range(number % 6):
                worker.status()
            self.cancel(worker, channel)
            self.assertIn("ancelled", worker.error(channel))

    @unittest.skipUnless(CPYTHON, "only CPython can raise exceptions in other threads")
    def test_between_functions_of_c_that_keep_the_interpreter(self):
        self.assert_cancelled(self.greeted(), KEEPING_FOR_A_WHILE)

    def test_while_it_sleeps(self):
        self.assert_cancelled(self.greeted(), "time.sleep(600)")

    def test_while_it_sleeps_with_a_function_imported_before(self):
        self.assert_cancelled(self.greeted(), "from time import sleep\nsleep(600.5)")

    def test_while_it_receives(self):
        self.assert_cancelled(self.greeted(), "channel.receive()")

    def test_while_it_waits_for_credit(self):
        self.assert_cancelled(self.greeted(to_master=(4, 10**6, 10**6)), FLOOD)

    def test_while_it_sends_and_receives_all_the_time(self):
        worker = self.greeted()
        for _ in range(20):
            channel = worker.execute("for x in channel:\n  channel.send(x)")
            for _ in range(5):
                worker.send(channel, 1)
                self.assertEqual(worker.take(channel), 1)
            self.cancel(worker, channel)
            self.assertIn(
                worker.next_frame(channel)[0], (frames.CHANNEL_CLOSE, frames.CHANNEL_CLOSE_ERROR)
            )

    def test_sleep_is_what_it_was(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "import time\n"
            "def error(*args):\n"
            "    try: time.sleep(*args)\n"
            "    except (TypeError, ValueError) as exc: return type(exc).__name__\n"
            "begun = time.monotonic()\ntime.sleep(0)\ntime.sleep(0.01)\ntime.sleep(True)\n"
            "channel.send([time.monotonic() - begun >= 1, error(-1), error('1'), error()])",
        )
        self.assertEqual(worker.item(channel), [True, "ValueError", "TypeError", "TypeError"])


if __name__ == "__main__":
    unittest.main()
