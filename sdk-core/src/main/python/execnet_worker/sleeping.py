"""A time.sleep() that a cancel ends in every thread: the system's can be ended in one only."""

import threading
import time

from .native import monotonic
from .native import native_sleep
from .waiting import NativeLatch


def make_sleep_wake_up(interrupts):
    """Put it in the place of the system's, for executed code; others sleep as before.

    Where gateways share a process each has a program of its own, and the sleep of one serves the
    others too.
    """
    _sleepers().append(interrupts)
    if time.sleep is native_sleep:
        time.sleep = _waking_sleep(_sleepers())


def forget_sleepers(interrupts):
    """Nobody sleeps there any more."""
    if interrupts in _sleepers():
        _sleepers().remove(interrupts)


def _sleepers():
    """One list for the process, however many begin at the same moment."""
    return vars(time).setdefault("_execnet_sleepers", [])


def _waking_sleep(sleepers):
    def sleep(seconds):
        for interrupts in tuple(sleepers):
            target = interrupts.target()
            if target is not None:
                break
        else:
            native_sleep(seconds)
            return
        is_float = isinstance(seconds, float)
        amount = seconds if is_float else getattr(seconds, "__index__", int)()
        if 0 < amount < threading.TIMEOUT_MAX:
            _sleep_on(interrupts, amount)
        else:
            native_sleep(seconds)
        target.raise_due()

    for name in ("__module__", "__qualname__", "__doc__"):
        setattr(sleep, name, getattr(native_sleep, name))
    sleep.execnet_native = native_sleep
    return sleep


def _sleep_on(interrupts, seconds):
    deadline = monotonic() + seconds
    while seconds > 0:
        interrupts.wait_for(NativeLatch(), seconds)
        seconds = deadline - monotonic()
