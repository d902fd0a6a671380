"""An os._exit() that loses nothing of what was sent before."""

import os

from .native import monotonic
from .native import native_sleep

_MOST_SECONDS = 1
_SECONDS_BETWEEN_LOOKS = 0.002


def make_exit_wait(is_written):
    """Put it in the place of the system's, for this process and none that it forks."""
    os._exit = _waiting_exit(os._exit, os.getpid(), is_written)


def _waiting_exit(exit_at_once, pid, is_written):
    def _exit(status):
        try:
            if os.getpid() == pid:
                deadline = monotonic() + _MOST_SECONDS  # whoever is there may not be reading
                while not is_written() and monotonic() < deadline:
                    native_sleep(_SECONDS_BETWEEN_LOOKS)
        finally:  # whatever signal handlers raise, and also without memory
            exit_at_once(status)

    return _exit
