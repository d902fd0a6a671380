"""Threads that run one thing after the other."""

import _thread
import contextlib
import gc
import io
import sys
import threading
import unittest
import unittest.mock
import weakref

import master
import program  # noqa: F401 (makes the modules importable)
from execnet_worker import spares
from execnet_worker.native import current_thread
from execnet_worker.native import native_sleep
from execnet_worker.spares import Spares

try:
    from contextvars import ContextVar
except ImportError:
    ContextVar = None


class SparesTest(unittest.TestCase):
    def setUp(self):
        self.spares = Spares()

    def run_all(self, functions):
        """Run these at once, and wait until all have ended."""
        ended = threading.Semaphore(0)

        def run(function):
            try:
                function()
            finally:
                ended.release()

        for function in functions:
            self.spares.run(lambda function=function: run(function))
        for _ in functions:
            self.assertTrue(ended.acquire(timeout=master.TIMEOUT))

    def wait_for_spares(self, count):
        while len(self.spares._waiting) != count:
            native_sleep(0.001)

    def test_each_has_a_thread_that_runs_nothing_else(self):
        together = threading.Barrier(8)
        threads = []

        def meet():
            threads.append(current_thread())
            together.wait(master.TIMEOUT)

        for _ in range(20):
            del threads[:]
            self.run_all([meet] * 8)
            self.assertEqual(len(set(threads)), 8)

    @unittest.skipIf(ContextVar is None, "here all that a thread has would be seen by the next")
    def test_a_thread_is_used_again_and_as_new(self):
        variable = ContextVar("variable", default="new")
        found = []

        def look():
            found.append((current_thread(), variable.get(), sys.gettrace(), sys.getprofile()))
            variable.set("old")
            sys.settrace(lambda *args: None)
            sys.setprofile(lambda *args: None)

        for _ in range(10):
            self.run_all([look])
            self.wait_for_spares(1)
        self.assertEqual(set(found), {(found[0][0], "new", None, None)})

    def test_nothing_of_what_ran_is_kept(self):
        class Code:
            def __call__(self):
                pass

        for _ in range(3):
            code = Code()
            ended = weakref.ref(code)
            self.run_all([code])
            del code
            while ended() is not None:
                gc.collect()
                native_sleep(0.001)

    @unittest.skipIf(ContextVar is None, "here no thread is used again")
    def test_a_thread_that_can_not_be_made_as_new_is_not_used_again(self):
        self.run_all([int])
        self.wait_for_spares(1)
        ran = []
        failing = unittest.mock.patch("_contextvars.Context", side_effect=MemoryError)
        with failing, contextlib.redirect_stderr(io.StringIO()):
            self.run_all([lambda: ran.append(1)])
            self.run_all([lambda: ran.append(2)])
            self.wait_for_spares(0)
        self.assertEqual(ran, [1, 2])

    def test_all_are_run_where_threads_are_about_to_give_up(self):
        ran = []
        with unittest.mock.patch.object(spares, "_IDLE_SECONDS", 0.0001):
            for number in range(2000):
                self.run_all([lambda number=number: ran.append(number)])
            self.wait_for_spares(0)
        self.assertEqual(ran, list(range(2000)))

    @unittest.skipIf(ContextVar is None, "here none waits")
    def test_no_more_wait_than_are_of_use(self):
        before = _thread._count()
        together = threading.Barrier(5)
        with unittest.mock.patch.object(spares, "_MOST", 2):
            self.run_all([lambda: together.wait(master.TIMEOUT)] * 5)
            while _thread._count() != before + len(self.spares._waiting):
                native_sleep(0.001)
        self.assertLess(len(self.spares._waiting), 5)


if __name__ == "__main__":
    unittest.main()
