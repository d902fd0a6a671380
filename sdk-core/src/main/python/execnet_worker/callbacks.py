"""The one thread that calls callbacks."""

import sys
import threading
from collections import deque

from .memory import when_there_is_memory
from .native import current_thread
from .native import monotonic
from .native import start_thread

_MOST_BYTES = 262144
_MOST_CALLS = 1024


class Callbacks:
    """Calls that are made one after the other, in order, and by no thread that has other duties.

    They may take for ever. Where it is bounded, whoever brings more of them has to wait then.
    """

    def __init__(self, execmodel, bounded):
        self._execmodel = execmodel
        self._bounded = bounded
        self._condition = execmodel.Condition()
        self._calls = deque()
        self._size = 0
        self._threads = []
        self._over = False
        self.running = None  # since when, and whose items, while a callback is called
        self.ident = self.green = None  # the thread that calls

    def start(self):
        start = self._execmodel.start if self._execmodel.is_green else start_thread
        with self._condition.lock:
            if not self._threads:
                # In one step, so that no interrupt leaves it unclear whether there is a thread.
                self._threads.extend(map(start, (self._run,), ((),)))

    def add(self, size, function, *args):
        with self._condition.lock:
            self._calls.append((size, function, args))
            self._size += size
            self._condition.notify_all()

    def wait_for_room(self):
        if not self._bounded:
            return
        with self._condition.lock:
            while self._bounded and (self._size > _MOST_BYTES or len(self._calls) > _MOST_CALLS):
                self._condition.wait()

    def finish(self, function):
        """Call function when all that waits here was called."""
        with self._condition.lock:
            self._bounded = False
            if self._threads:
                self._calls.append((0, function, ()))
                function = None
            self._condition.notify_all()
        if function is not None:
            function()

    def end(self):
        """Have the thread end when all that waits here was called."""
        with self._condition.lock:
            self._over = True
            self._condition.notify_all()

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
        with self._condition.lock:
            while not (self._calls or self._over):
                self._condition.wait()
            return bool(self._calls)

    def _call_next(self):
        with self._condition.lock:
            size, function, args = self._calls.popleft()
        try:
            function(*args)
        except BaseException:  # not of a callback: those are dealt with
            try:
                sys.excepthook(*sys.exc_info())
            except BaseException:
                pass  # nobody listens
        self.running = None
        with self._condition.lock:
            self._size -= size
        when_there_is_memory(self._notify)

    def _notify(self):
        with self._condition.lock:
            self._condition.notify_all()

    def after_fork(self):
        """In a child process, where that thread does not run and may have held the lock."""
        self._condition = self._execmodel.Condition()
        self._calls.clear()
        self._threads = []
