"""Where no more threads can be started: what needs one fails alone, and the end comes as ever."""

import os
import sys
import unittest

import master
from execnet_worker import frames

EXHAUST = """\
import _thread, resource, threading
lock = threading.Lock()
lock.acquire()
with open("/proc/self/statm") as f: pages = int(f.read().split()[0])
limit = pages * resource.getpagesize() + (4 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    while True: _thread.start_new_thread(lock.acquire, ())
except (RuntimeError, MemoryError):
    channel.send("no more threads")
"""


@unittest.skipUnless(os.path.isdir("/proc/self/fd"), "needs /proc")
@unittest.skipIf(hasattr(sys, "pypy_version_info"), "PyPy ends where there is no memory")
class NoThreads:
    def setUp(self):
        self.worker = master.Worker("--execmodel=" + self.model)
        self.addCleanup(self.worker.__exit__)
        self.worker.start()

    def exhausted(self, source):
        channel = self.worker.execute(EXHAUST + source)
        self.assertEqual(self.worker.item(channel), "no more threads")
        return channel

    def test_what_needs_one_fails_alone(self):
        first = self.exhausted("for x in channel: channel.send(x)")
        self.assertIn("can't start a thread", self.worker.error(self.worker.execute("")))
        self.worker.frame(frames.RECONFIGURE, 0, b"no tuple")  # which is complained about
        self.worker.send(first, 1)
        self.assertEqual(self.worker.item(first), 1)
        self.worker.frame(frames.CHANNEL_LAST_MESSAGE, first)
        self.worker.expect(first, frames.CHANNEL_CLOSE)
        self.assertEqual(self.worker.run("channel.send(2)"), [2])  # in the main thread


class ThreadTest(NoThreads, unittest.TestCase):
    model = "thread"

    def test_code_that_goes_on_is_ended(self):
        self.exhausted(master.ENDLESS)
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)


class MainThreadOnlyTest(NoThreads, unittest.TestCase):
    model = "main_thread_only"


class FrameTest(master.WorkerCase):
    """Whatever goes wrong with a frame in this program itself."""

    def test_is_the_matter_of_its_channel(self):
        other = self.worker.execute(
            "import sys\n"
            "def fail(*args): raise ZeroDivisionError('a test')\n"
            "sys.modules['__main__'].Execution.__init__ = fail\n"
            "for x in channel: channel.send(x)"
        )
        self.worker.send(other, 1)
        self.assertEqual(self.worker.item(other), 1)
        text = self.worker.error(self.worker.execute(""))
        self.assertEqual(text, "can't deal with what came: %r" % ZeroDivisionError("a test"))
        self.worker.send(other, 2)
        self.assertEqual(self.worker.item(other), 2)


if __name__ == "__main__":
    unittest.main()
