"""Seeing to it that who serves a connection is done soon after its end."""

import os

from .native import new_lock
from .native import ring
from .native import start_thread
from .raising import interrupt_main
from .raising import interrupt_thread

_SECONDS_TO_FINISH = 5
_SECONDS_TO_INTERRUPT = 10


class EndWatch:
    """Gives executions time to finish, then interrupts the thread that serves, then ends it all."""

    def __init__(self, scheduler, output):
        self._scheduler = scheduler
        self._output = output
        self._begun = new_lock()
        self._outlived = False
        self._over = new_lock()  # rings when it is
        self._over.acquire()
        self.thread = None  # that serves

    def begin(self):
        """The connection has ended; from whichever thread sees that first."""
        if self._begun.acquire(False):
            if self._output is not None:
                self._output.end()
            try:
                start_thread(self._enforce, ())
            except (RuntimeError, MemoryError):
                self._begun.release()  # for who tries it next

    def enforce_here(self):
        """In the calling thread, if there is no other for it."""
        if self._begun.acquire(False):
            self._enforce()

    def _enforce(self):
        self._over.acquire(True, _SECONDS_TO_FINISH)
        if self._outlived:
            return
        self._scheduler.give_up()
        if globals().get("process_is_ours") is False:
            interrupt_thread(self.thread)  # and no more than that: others are served here too
            return
        interrupt_main(self.thread)
        self._over.acquire(True, _SECONDS_TO_INTERRUPT)
        if not self._outlived:
            os._exit(1)

    def outlive(self):
        """What serves has come back, and the process goes on."""
        self._outlived = True
        ring(self._over)
