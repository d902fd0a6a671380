"""A time.sleep() that a cancel ends in every thread: the system's can be ended in one only."""

import threading
import time

from .native import monotonic
from .native import native_sleep


def make_sleep_wake_up(interrupts):
    """Put it in the place of the system's, for executed code; others sleep as before."""

    def sleep(seconds):
        target = interrupts.target()
        if target is None:
            native_sleep(seconds)
            return
        is_float = isinstance(seconds, float)
        amount = seconds if is_float else getattr(seconds, "__index__", int)()
        if 0 < amount < threading.TIMEOUT_MAX:
            _sleep_on(interrupts, threading.Condition(), amount)
        else:
            native_sleep(seconds)
        target.raise_due()

    for name in ("__module__", "__qualname__", "__doc__"):
        setattr(sleep, name, getattr(native_sleep, name))
    if time.sleep is native_sleep:
        time.sleep = sleep


def _sleep_on(interrupts, condition, seconds):
    deadline = monotonic() + seconds
    with condition:
        while seconds > 0:
            interrupts.wait(condition, seconds)
            seconds = deadline - monotonic()
