"""Threads that run one thing after the other: to start one takes longer than most of those."""

import sys

from .native import MOMENT
from .native import native_sleep
from .native import new_lock
from .native import ring
from .native import start_thread

_MOST = 64
_IDLE_SECONDS = 5.0


class _Spare:
    """A thread that waits for what to run next."""

    __slots__ = ("bell", "function")

    def __init__(self):
        self.bell = new_lock()
        self.bell.acquire()
        self.function = None


class Spares:
    """Each thread is to what runs in it as a new one, apart from values in threading.local."""

    def __init__(self):
        self._waiting = []  # single operations on lists are atomic

    def run(self, function):
        """Call it in a thread that runs nothing else. RuntimeError where none can be started."""
        try:
            spare = self._waiting.pop()
        except IndexError:
            start_thread(self._serve, (function,))
        else:
            spare.function = function
            ring(spare.bell)

    def _serve(self, function):
        function()
        spare = _Spare()
        try:
            from _contextvars import Context  # the module around it imports no more than that
        except ImportError:
            return  # values there would be seen too
        while len(self._waiting) < _MOST and self._wait(spare):
            sys.settrace(None)
            sys.setprofile(None)
            function, spare.function = spare.function, None
            Context().run(function)

    def _wait(self, spare):
        """Whether it was given something to run."""
        self._waiting.append(spare)
        try:
            spare.bell.acquire(True, _IDLE_SECONDS)
        except BaseException:
            pass  # an exception for what ran here before, from who else raises some in threads
        try:
            self._waiting.remove(spare)
            return False
        except ValueError:
            while spare.function is None:
                native_sleep(MOMENT)  # who has taken it is about to say what to run
            return True
