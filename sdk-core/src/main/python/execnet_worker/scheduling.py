"""Which thread runs what."""

import _thread
import threading
from collections import deque

DEADLOCK_TEXT = "concurrent remote_exec would cause deadlock for main_thread_only execmodel"
_DEADLOCK_WAIT = 1.0


class ThreadScheduler:
    """Executions prefer the main thread; with main_only they have no other.

    The main thread (of the worker: the one that called serve) may be interrupted by SIGINT
    anywhere, so what it is at is kept in self._current, and taken up again after that.
    """

    def __init__(self, execmodel):
        self._main_only = execmodel.backend == "main_thread_only"
        self._condition = execmodel.Condition()
        self._waiting = deque()
        self._current = None  # what the main thread runs, or is about to
        self._ending = None  # what it ran before, until the channel of that is closed
        self._stopped = False
        self._out_of_time = False
        self.executing = 0

    def submit(self, execution):
        """Called by the thread that receives: must not wait."""
        with self._condition:
            if self._stopped:
                return
            if self._current is None:
                self._current = execution
                self.executing += 1
                self._condition.notify_all()
                return
            if self._main_only:
                self._waiting.append(execution)
            else:
                self.executing += 1
        try:
            if self._main_only:
                timer = threading.Timer(_DEADLOCK_WAIT, self._expire, (execution, DEADLOCK_TEXT))
                timer.daemon = True
                timer.start()
            else:
                _thread.start_new_thread(self._run_here, (execution,))
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
        with self._condition:
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
        with self._condition:
            self.executing += 1

    def release(self):
        with self._condition:
            self.executing -= 1
            self._condition.notify_all()

    def stop(self):
        """Start nothing from now on; run_main() returns when all executions have ended."""
        with self._condition:
            self._stopped = True
            self._waiting.clear()
            self._condition.notify_all()

    def give_up(self):
        """Wait for no execution any more, apart from what the main thread is at."""
        with self._condition:
            self._out_of_time = True
            self._condition.notify_all()

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
            with self._condition:
                while self._current is None:
                    if self._stopped and (self._out_of_time or not self.executing):
                        return
                    self._condition.wait()
                execution = self._current
            if not execution.started:
                execution.run()
            # Be free before the master learns that this has ended: its next request is for us.
            with self._condition:
                self._ending = execution
                self._current = None
                self.executing -= 1
                if self._waiting and not self._stopped:
                    self._current = self._waiting.popleft()
                    self.executing += 1


class GreenScheduler:
    """Executions are green threads; the main one waits for the end."""

    def __init__(self, execmodel):
        self._execmodel = execmodel
        self._condition = execmodel.Condition()
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
        self._condition.notify_all()

    def give_up(self):
        pass  # the interrupt that follows says the same

    def stop(self):
        self._stopped = True
        self._condition.notify_all()

    def run_main(self):
        while not self._stopped or self.executing:
            try:
                self._condition.wait()
            except KeyboardInterrupt:
                if self._stopped:
                    return
