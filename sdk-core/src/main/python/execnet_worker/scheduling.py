"""Which thread runs what."""

import threading
from collections import deque
from functools import partial

from .memory import when_there_is_memory
from .native import new_lock
from .spares import Spares
from .waiting import Waiters

DEADLOCK_TEXT = "concurrent remote_exec would cause deadlock for main_thread_only execmodel"
_DEADLOCK_WAIT = 1.0


class ThreadScheduler:
    """Executions prefer the main thread; with main_only they have no other.

    The main thread (of the worker: the one that called serve) may be interrupted by SIGINT
    anywhere, so what it is at is kept in self._current, and taken up again after that.
    """

    def __init__(self, execmodel):
        self._main_only = execmodel.backend == "main_thread_only"
        self._lock = new_lock()  # no calls are made while it is held, lest a handler finds it so
        self._waiters = Waiters(execmodel.Latch)
        self._waiting = deque()
        self._current = None  # what the main thread runs, or is about to
        self._ending = None  # what it ran before, until the channel of that is closed
        self._spares = Spares()
        self._stopped = False
        self._out_of_time = False
        self.executing = 0

    def submit(self, execution):
        """Called by the thread that receives: must not wait."""
        with self._lock:
            if self._stopped:
                return
            is_free = self._current is None
            if is_free:
                self._current = execution
            if is_free or not self._main_only:
                self.executing += 1
            else:
                self._waiting.append(execution)
        if is_free:
            when_there_is_memory(self._waiters.wake_all)
            return
        try:
            if self._main_only:
                timer = threading.Timer(_DEADLOCK_WAIT, self._expire, (execution, DEADLOCK_TEXT))
                timer.daemon = True
                timer.start()
            else:
                self._spares.run(partial(self._run_here, execution))
        except (RuntimeError, MemoryError) as exc:
            if self._main_only:
                self._expire(execution, "can't start a thread that waits to execute this: %s" % exc)
            else:
                self.release()
                execution.refuse("can't start a thread to execute this in: %s" % exc)

    def _expire(self, execution, text):
        if self.withdraw(execution):
            execution.refuse(text)

    def withdraw(self, execution):
        """Whether it will now not be run, having waited until now."""
        with self._lock:
            if execution not in self._waiting:
                return False
            self._waiting.remove(execution)
            return True

    def _run_here(self, execution):
        try:
            execution.run()
        finally:
            self.release()
            execution.end()

    def hold(self):
        """Keep run_main() from returning, as an execution would, until release()."""
        with self._lock:
            self.executing += 1

    def release(self):
        with self._lock:
            self.executing -= 1
        when_there_is_memory(self._waiters.wake_all)

    def stop(self):
        """Start nothing from now on; run_main() returns when all executions have ended."""
        with self._lock:
            self._stopped = True
            self._waiting.clear()
        when_there_is_memory(self._waiters.wake_all)

    def give_up(self):
        """Wait for no execution any more, apart from what the main thread is at."""
        self._out_of_time = True
        when_there_is_memory(self._waiters.wake_all)

    def run_main(self):
        """The main thread's work, until stopped."""
        while True:
            try:
                self._serve_main()
                return
            except KeyboardInterrupt:
                # Typed at a terminal, it reaches us too, but it is the master who ends us.
                pass

    def _serve_main(self):
        while True:
            if self._ending is not None:
                self._ending.end()
                self._ending = None
            when_there_is_memory(self._waiters.wait_until, self._has_work)
            execution = self._current
            if execution is None:
                return
            if not execution.started:
                execution.run()
            # Be free before the master learns that this has ended: its next request is for us.
            with self._lock:
                self._ending = execution
                self._current = None
                self.executing -= 1
                if self._waiting and not self._stopped:
                    self._current = self._waiting[0]
                    del self._waiting[0]
                    self.executing += 1

    def _is_over(self):
        return self._stopped and (self._out_of_time or not self.executing)

    def _has_work(self):
        return self._current is not None or self._is_over()


class GreenScheduler:
    """Executions are green threads; the main one waits for the end."""

    def __init__(self, execmodel):
        self._execmodel = execmodel
        self._waiters = Waiters(execmodel.Latch)
        self._stopped = False
        self.executing = 0

    def submit(self, execution):
        if not self._stopped:
            self._execmodel.start(self._run, (execution,))
            self.executing += 1

    def withdraw(self, execution):
        return False  # nobody waits: those that are cancelled find out when they are to run

    def _run(self, execution):
        try:
            execution.run()
        finally:
            self.release()
            execution.end()

    def hold(self):
        self.executing += 1

    def release(self):
        self.executing -= 1
        self._waiters.wake_all()

    def give_up(self):
        pass  # the interrupt that follows says the same

    def stop(self):
        self._stopped = True
        self._waiters.wake_all()

    def run_main(self):
        while not self._is_over():
            try:
                self._waiters.wait_until(self._is_over)
            except KeyboardInterrupt:
                if self._stopped:
                    return

    def _is_over(self):
        return self._stopped and not self.executing
