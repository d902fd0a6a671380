"""Waiting for something to change: without a lock, which a signal handler might find held."""

from .native import new_lock
from .native import ring


class NativeLatch:
    """An event for one who waits, and one who sets it. Signal handlers may raise exceptions there.

    (Those of the library can be left locked by such an exception.)
    """

    def __init__(self):
        self._bell = new_lock()
        self._bell.acquire()

    def set(self):
        ring(self._bell)

    def wait(self, timeout=None):
        is_set = self._bell.acquire(True, -1 if timeout is None else timeout)
        if is_set:
            ring(self._bell)
        return is_set


def _wait_on(latch, timeout):
    latch.wait(timeout)


class Waiters:
    """Those who wait for something that others change.

    Who waits lines up, and looks then; who changes something does that, and wakes up then.
    """

    def __init__(self, new_latch):
        self._new_latch = new_latch
        self.latches = {}  # single operations on dicts are atomic

    def wait(self, is_due, timeout=None, wait_for=_wait_on):
        """Wait for wake_all(), unless it is due. May return for no reason."""
        latch = self._new_latch()
        try:
            self.latches[latch] = None
            if not is_due():
                wait_for(latch, timeout)
        finally:
            self.latches.pop(latch, None)

    def wait_until(self, is_due, wait_for=_wait_on):
        """Wait as long as it is not."""
        while not is_due():
            self.wait(is_due, None, wait_for)

    def wake_all(self):
        for latch in list(self.latches):
            latch.set()
