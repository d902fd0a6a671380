"""Trying again and again what may fail to take effect, in a thread of its own."""

import sys
from collections import deque

from .native import monotonic
from .native import new_lock
from .native import ring
from .native import start_thread

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


class Insistence:
    """Calls attempt(again) until that says that it is not needed any more.

    The thread is started when it is first needed.
    """

    def __init__(self, prepare):
        self._prepare = prepare  # called first
        self._new = deque()
        self._bell = new_lock()
        self._bell.acquire()
        self._started = False
        self._over = False

    def begin(self, attempt, then):
        """Have it tried, and then() called after the first time.

        Never waits, and takes no lock: it may be called by a signal handler.
        """
        self._new.append((attempt, then))
        if not self._started:  # two such threads, started at once, do no harm
            self._started = True
            try:
                start_thread(self._run, ())
            except (RuntimeError, MemoryError):  # there are too many
                self._started = False
                self._try_new([])
        ring(self._bell)

    def end(self):
        """Have the thread end when it has nothing left to try; nothing may be begun from now on."""
        self._over = True
        ring(self._bell)

    def _run(self):
        _try(self._prepare)
        pending = []
        pause = next_time = 0
        while pending or not self._over:
            self._bell.acquire(True, max(0, next_time - monotonic()) if pending else -1)
            waited = bool(pending)
            if self._try_new(pending):
                pause = _FIRST_PAUSE
                soon = monotonic() + pause
                next_time = min(next_time, soon) if waited else soon
            if monotonic() >= next_time:
                pending = [attempt for attempt in pending if _try(attempt, True)]
                pause = min(2 * pause, _LONGEST_PAUSE)
                next_time = monotonic() + pause

    def _try_new(self, pending):
        some = False
        while self._new:
            try:
                attempt, then = self._new.popleft()
            except IndexError:
                break
            some = True
            if _try(attempt, False):
                pending.append(attempt)
            _try(then)
        return some


def _try(function, *args):
    try:
        return function(*args)
    except BaseException:  # the others are to be tried all the same
        try:
            sys.excepthook(*sys.exc_info())
        except BaseException:
            pass  # nobody listens
