"""The one thread that calls callbacks."""

import sys
import threading
from collections import deque

from .memory import when_there_is_memory
from .native import current_thread
from .native import monotonic
from .native import start_thread
from .waiting import Waiters

_MOST_BYTES = 262144
_MOST_CALLS = 1024


class Callbacks:
    """Calls that are made one after the other, in order, and by no thread that has other duties.

    They may take for ever. Where it is bounded, whoever brings more of them has to wait then.
    """

    def __init__(self, execmodel, bounded):
        self._execmodel = execmodel
        self._bounded = bounded
        self._waiters = Waiters(execmodel.Latch)  # for calls
        self._crowd = Waiters(execmodel.Latch)  # that waits for room
        self._calls = deque()
        self._added = 0  # bytes; counted by the thread that receives
        self._called = 0  # by the one that calls
        self._start_once()
        self._over = False
        self.running = None  # since when, and whose items, while a callback is called
        self.ident = self.green = None  # the thread that calls

    def _start_once(self):
        self._threads = []
        self._to_start = iter((self._run,))  # who takes it from there starts it

    def start(self):
        start = self._execmodel.start if self._execmodel.is_green else start_thread
        try:
            # In one step, so that no interrupt leaves it unclear whether there is a thread.
            self._threads.extend(map(start, self._to_start, ((),)))
        except BaseException:
            if not self._threads:
                self._start_once()
            raise

    def add(self, size, function, *args):
        self._calls.append((size, function, args))
        if size:
            self._added += size
        when_there_is_memory(self._waiters.wake_all)

    def wait_for_room(self):
        when_there_is_memory(self._crowd.wait_until, self._has_room)

    def _has_room(self):
        return not self._bounded or (
            self._added - self._called <= _MOST_BYTES and len(self._calls) <= _MOST_CALLS
        )

    def finish(self, function):
        """Call function when all that waits here was called."""
        self._bounded = False
        when_there_is_memory(self._crowd.wake_all)
        if self._threads:
            self.add(0, function)
        else:
            function()

    def end(self):
        """Have the thread end when all that waits here was called."""
        self._over = True
        self._waiters.wake_all()

    def _run(self):
        self.ident = current_thread()
        if self._execmodel.is_green:
            self.green = self._execmodel.current()
        else:
            threading.current_thread().name = "execnet callbacks"
        while when_there_is_memory(self._await_call):
            when_there_is_memory(self._call_next)

    def begin(self, incoming):
        """What is called here is about to call the callback of that."""
        self.running = (monotonic(), incoming)

    def _await_call(self):
        self._waiters.wait_until(self._has_more)
        return bool(self._calls)

    def _has_more(self):
        return self._calls or self._over

    def _call_next(self):
        size, function, args = self._calls.popleft()
        try:
            function(*args)
        except BaseException:  # not of a callback: those are dealt with
            try:
                sys.excepthook(*sys.exc_info())
            except BaseException:
                pass  # nobody listens
        self.running = None
        self._called += size
        if self._bounded:
            when_there_is_memory(self._crowd.wake_all)

    def after_fork(self):
        """In a child process, where that thread does not run."""
        self._calls.clear()
        self._start_once()
