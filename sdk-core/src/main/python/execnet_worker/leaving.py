"""Ways for code to end this process that lose nothing of what it sent before."""

import _signal
import os
import sys

from .native import monotonic
from .native import native_sleep

_MOST_SECONDS = 1
_SECONDS_BETWEEN_LOOKS = 0.002


def make_ends_wait(is_written):
    """Put them in the place of the system's, for this process and none that it forks."""
    wait = _waiting(os.getpid(), is_written)
    os._exit = _exiting(os._exit, wait)
    for module, name, is_end in (
        (os, "abort", _always),
        (os, "execv", _always),
        (os, "execve", _always),
        (os, "kill", _is_for_us),
        (os, "killpg", _is_for_us),
        (_signal, "raise_signal", _always),
        (sys.modules.get("signal"), "raise_signal", _always),
    ):
        function = getattr(module, name, None)
        if function is not None:
            setattr(module, name, _waiting_first(function, wait, is_end))


def _waiting(pid, is_written):
    def wait():
        if os.getpid() == pid:
            deadline = monotonic() + _MOST_SECONDS  # whoever is there may not be reading
            while not is_written() and monotonic() < deadline:
                native_sleep(_SECONDS_BETWEEN_LOOKS)

    return wait


def _exiting(exit_at_once, wait):
    def _exit(status):
        try:
            wait()
        finally:  # whatever signal handlers raise, and also without memory
            exit_at_once(status)

    return _exit


def _waiting_first(function, wait, is_end):
    def waiting(*args, **kwargs):
        if is_end(*args):
            wait()
        return function(*args, **kwargs)

    waiting.__name__ = waiting.__qualname__ = function.__name__
    waiting.__module__ = "signal" if function.__module__ == "_signal" else "os"
    return waiting


def _always(*args):
    return True


def _is_for_us(number=None, signal=None, *more):
    group = os.getpgrp() if hasattr(os, "getpgrp") else 0
    return signal != 0 and number in (0, -1, os.getpid(), group, -group)
