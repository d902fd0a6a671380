"""Threads that run one thing after the other: to start one takes longer than most of those."""

import sys

from .memory import when_there_is_memory
from .native import MOMENT
from .native import native_sleep
from .native import new_lock
from .native import ring
from .native import start_thread

_MOST = 64
_IDLE_SECONDS = 5.0


class _Spare:
    """A thread that waits for what to run next."""

    __slots__ = ("bell", "context", "function")

    def __init__(self, function):
        self.bell = new_lock()
        self.bell.acquire()
        self.context = None
        self.function = function

    def run(self):
        """Run what it was given, and hold no part of that afterwards."""
        function, self.function = self.function, None
        if self.context is None:
            function()
        else:
            self.context.run(function)


class Spares:
    """Each thread is to what runs in it as a new one: it has no trace function and a new context.

    Only what the system keeps for a thread, and values in threading.local, are seen by the next.
    """

    def __init__(self):
        self._waiting = []  # single operations on lists are atomic

    def run(self, function):
        """Call it in a thread that runs nothing else. RuntimeError where none can be started."""
        try:
            spare = self._waiting.pop()
        except IndexError:
            start_thread(self._serve, (_Spare(function),))
        else:
            spare.function = function
            ring(spare.bell)

    def _serve(self, spare):
        try:
            from _contextvars import Context  # the module around it imports no more than that

            spare.context = Context()
        except (ImportError, MemoryError):
            Context = None  # what is set there would be seen by the next too
        spare.run()
        while Context is not None and len(self._waiting) < _MOST:
            # All that may fail comes before it can be given something to run.
            sys.settrace(None)
            sys.setprofile(None)
            spare.context = Context()
            if not self._wait(spare):
                break
            spare.run()

    def _wait(self, spare):
        """Whether it was given something to run."""
        try:
            when_there_is_memory(self._waiting.append, spare)
            while spare.bell.acquire(True, _IDLE_SECONDS):
                if spare.function is not None:
                    return True
                # else it has rung late, for what was run before
        except BaseException:
            pass  # for what ran here before, from who else raises exceptions in threads
        try:
            self._waiting.remove(spare)
            return False
        except (ValueError, MemoryError):  # it is not there: to find it takes no memory
            while spare.function is None:  # who has taken it is about to say what to run
                native_sleep(MOMENT)
            return True
