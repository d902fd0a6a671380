"""What is tried again until it has worked."""

import sys
import threading
import unittest

import master
from execnet_worker.cancelling import Interrupts
from execnet_worker.cancelling import Target
from execnet_worker.execmodels import ThreadModel
from execnet_worker.insisting import Insistence


class InsistenceTest(unittest.TestCase):
    def setUp(self):
        self.calls = []
        self.insistence = Insistence(lambda: self.calls.append("prepared"))

    def test_goes_on_until_it_is_needed_no_more(self):
        done = threading.Event()

        def attempt(again):
            self.calls.append(again)
            if len(self.calls) == 5:
                done.set()
            return not done.is_set()

        self.insistence.begin(attempt, lambda: self.calls.append("then"))
        self.assertTrue(done.wait(master.TIMEOUT))
        self.assertEqual(self.calls, ["prepared", False, "then", True, True])

    def test_what_comes_new_does_not_keep_it_from_what_was_missed(self):
        done = threading.Event()

        def attempt(again):
            if again:
                done.set()
            return not again

        self.insistence.begin(attempt, lambda: None)
        while not done.is_set():
            self.insistence.begin(lambda again: False, lambda: None)

    def test_one_that_fails_leaves_the_others(self):
        done = threading.Event()
        hook, sys.excepthook = sys.excepthook, lambda *args: self.calls.append(args[0])
        self.addCleanup(setattr, sys, "excepthook", hook)
        self.insistence.begin(lambda again: 1 // 0, lambda: None)
        self.insistence.begin(lambda again: False, done.set)
        self.assertTrue(done.wait(master.TIMEOUT))
        self.assertEqual(self.calls, ["prepared", ZeroDivisionError])

    def test_what_is_over_is_not_tried(self):
        interrupts = Interrupts(ThreadModel())
        target = Target(1)
        self.assertTrue(interrupts.enter(target))
        interrupts.leave(target)
        interrupts.cancel(target, lambda: None)
        self.assertFalse(interrupts._kick(target, True))


class KickTest(unittest.TestCase):
    def test_wakes_nobody_up_when_nothing_is_due_any_more(self):
        woken = []
        target = Target(1)
        target.ident = 0
        target.wake = lambda: woken.append(target.due)
        interrupts = Interrupts(ThreadModel())
        target.due = KeyboardInterrupt
        self.assertTrue(interrupts._kick(target, False))
        target.due = None  # raised, and the code waits for something else by now
        self.assertFalse(interrupts._kick(target, True))
        self.assertEqual(woken, [KeyboardInterrupt])


if __name__ == "__main__":
    unittest.main()
