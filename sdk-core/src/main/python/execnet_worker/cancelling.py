"""Cancelling: an exception raised in one execution, wherever that is, and in no other."""

import _signal as signal  # the module around it takes long to import
import sys
from functools import partial

from .insisting import Insistence
from .native import current_thread
from .native import monotonic
from .native import new_lock
from .raising import exception_setter
from .raising import interrupt_main
from .raising import is_interruptible


class Cancelled(KeyboardInterrupt):
    """The master wants this execution to end. Programs take it as they take Ctrl-C."""


class Target:
    """One execution, and what is to be raised in it."""

    def __init__(self, channel_id):
        self.channel_id = channel_id
        self.begun = monotonic()
        self.waits = None  # since when, and for which event, if it does
        self.lock = new_lock()
        self.ident = None  # of the thread that runs the code, while it does
        self.green = None  # the green thread, likewise
        self.cancelled = False
        self.over = False
        self.due = None  # the exception to raise as soon as that can be done
        self.thrown = False  # the system was asked to raise one in that thread
        self.wake = None  # what ends the wait that it is in

    def raise_due(self):
        """In the thread that runs it, where nothing is left undone by an exception."""
        if self.due is not None:  # asked first: what is set from now on must not be lost
            due, self.due = self.due, None
            raise due


class Interrupts:
    """Raises exceptions in the threads that execute.

    In the main thread a signal does it, which also ends a call that blocks in the system. In
    others it comes when they next run Python code. Code of this program is never interrupted,
    but its waits end, and raise it themselves.
    """

    def __init__(self, execmodel):
        self._get_ident = execmodel.get_ident if execmodel.is_green else current_thread
        self._targets = {}  # by the thread that runs it
        self.alarmed = set()  # those in which something is, or was, to be raised; mostly empty
        self._main = None  # the thread, if it is for us to interrupt
        self._handler = None  # of signals there
        self._signalled = False  # by us, and not handled yet
        # To find the setter takes a while, the first time.
        self._insistence = Insistence(exception_setter)
        self.lending = None  # who waits, or is through, has to give the stream back

    def target(self):
        """That of the calling thread, if it executes."""
        return self._targets.get(self._get_ident())

    def enter(self, target):
        """The calling thread is about to run the code. False if that is cancelled already."""
        ident = self._get_ident()
        self._begin(target)
        with target.lock:  # no call is made while a thread that executes has it
            if not target.cancelled:
                target.ident = ident
        if target.ident is None:
            return False
        self._targets[ident] = target
        return True

    def _begin(self, target):
        target.begun = monotonic()

    def leave(self, target):
        """It runs the code no more. May be interrupted, and has to be called again then."""
        self._give_back()
        ident = self._get_ident()
        if self._targets.get(ident) is target:
            self._targets.pop(ident, None)
        with target.lock:
            target.over = True
            target.due = None
            target.ident = None
        self.alarmed.discard(target)
        self._end(target, ident)

    def _end(self, target, ident):
        if target.thrown:
            exception_setter()(ident, None)  # if it was not too late

    def cancel(self, target, then):
        """Have Cancelled raised in it, once, but as soon as can be; then call then(). Waits not."""
        with target.lock:
            if not (target.cancelled or target.over):
                target.cancelled = True
                target.due = Cancelled
                self.alarmed.add(target)
        self._insistence.begin(partial(self._kick, target), then)

    def _kick(self, target, again):
        """Raise what is due, if that can be done now. Whether it is still to be done.

        A thread may miss it, for example where it was just about to wait.
        """
        with target.lock:
            ident, wake = target.ident, target.wake
            if target.due is None:
                wake = None  # what it waits for by now is something else
            elif ident is not None and wake is None:
                if ident == self._main:
                    self._signal(again)
                else:
                    self._throw(target, ident, target.due)
        if wake is not None:
            wake()
        return target.due is not None

    def _throw(self, target, ident, due):
        # As little as can be comes between the look at where that thread is and the exception for
        # it. Still it may run on in between, and be in code of this program when it is raised.
        set_exception = exception_setter()
        if set_exception and is_interruptible(sys._current_frames().get(ident)):
            set_exception(ident, due)
            target.thrown = True
            target.due = None

    def end(self):
        """Nothing is cancelled any more."""
        self._insistence.end()

    def after_fork(self):
        """In a child process, where nobody cancels, and who did may have held a lock."""
        for target in self._targets.values():
            target.lock = new_lock()
        self._targets = {}
        self.alarmed = set()

    # What code of this program calls for executed code

    def raise_due(self):
        """Raise what is due in the calling thread: more of a reason than what it has found."""
        target = self.target()
        if target is not None:
            target.raise_due()

    def wait_for(self, event, timeout=None):
        """event.wait(); it may come back although the event was not set."""
        self._give_back()
        target = self.target()
        if target is None:
            event.wait(timeout)
        else:
            self._wait(target, event, timeout)

    def _give_back(self):
        if self.lending is not None:
            self.lending.give_back()

    def _wait(self, target, event, timeout):
        wake = event.set
        before = target.wake, target.waits  # of the wait that a signal handler is in
        try:
            with target.lock:
                target.wake = wake
            target.raise_due()
            target.waits = (monotonic(), event)
            event.wait(timeout)
        finally:
            target.wake, target.waits = before
            target.raise_due()

    # The main thread

    def use_signals(self, is_ended):
        """Take over SIGINT, in the main thread; once the gateway has ended it comes through."""
        before = signal.getsignal(signal.SIGINT)
        if before not in (signal.default_int_handler, signal.SIG_IGN):
            return
        ignored = before == signal.SIG_IGN  # shells start background jobs so

        def handler(signum, frame):
            ours, self._signalled = self._signalled, False
            if is_ended() and not ours:
                raise KeyboardInterrupt
            target = self.target()
            if target is None:
                return  # typed at a terminal it reaches us too, but it is the master who ends us
            if not ours and not ignored:
                target.due = target.due or KeyboardInterrupt
                self.alarmed.add(target)
            if is_interruptible(frame):
                target.raise_due()
            elif not ours:
                self._insistence.begin(partial(self._kick, target), _nothing)

        signal.signal(signal.SIGINT, handler)
        self._handler = handler
        self._main = current_thread()

    def _signal(self, again):
        # A handler of the executed code's own gets it once, as it would get Ctrl-C.
        if again and signal.getsignal(signal.SIGINT) is not self._handler:
            return
        self._signalled = True
        interrupt_main(self._main)


def _nothing():
    pass
