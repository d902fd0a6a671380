"""Threads, locks and time of the system, whatever executed code patches."""

import _thread
import select
import sys
import time

new_lock = _thread.allocate_lock
start_thread = _thread.start_new_thread
current_thread = _thread.get_ident
native_sleep = getattr(time.sleep, "execnet_native", time.sleep)  # see sleeping.py
monotonic = time.monotonic
MOMENT = 0.0005  # seconds
_poll = getattr(select, "poll", None)
CAN_TELL_READABLE = _poll is not None
_IS_CPYTHON = sys.implementation.name == "cpython"
# Whether a call of the interpreter's own code lets nobody in between.
_CALLS_ARE_STEPS = _IS_CPYTHON and getattr(sys, "_is_gil_enabled", lambda: True)()
# And whether threads switch, and signals are handled, at calls and backward jumps alone.
SWITCHES_AT_CALLS = _CALLS_ARE_STEPS and sys.version_info >= (3, 11)
_MONITORING = getattr(sys, "monitoring", None)  # its tools are called anywhere, in all threads


def is_unwatched():
    """Whether that is so here and now, except in threads that are traced."""
    return SWITCHES_AT_CALLS and not (_MONITORING and any(map(_MONITORING.get_tool, range(6))))


def _poll_of(fd, events):
    poll = _poll()
    poll.register(fd, events)
    return poll


class InputPoll:
    """Waits for bytes on a descriptor, without reading them; for one thread at a time."""

    def __init__(self, fd):
        self._poll = _poll_of(fd, select.POLLIN)
        self._found = [(fd, select.POLLIN)]

    def wait(self, seconds):
        """Whether there are some, and no end yet."""
        return self._poll.poll(max(0, seconds) * 1000) == self._found


class OutputPoll:
    """Tells whether to write to a descriptor would have to wait."""

    def __init__(self, fd):
        self._poll = _poll_of(fd, select.POLLOUT)
        self._found = [(fd, select.POLLOUT)]

    def takes_more(self):
        try:
            return self._poll.poll(0) == self._found
        except RuntimeError as exc:
            if exc.__traceback__.tb_next is not None:
                raise  # it is a signal handler's
            return False  # another thread is asking


def wait_readable(fd):
    """Wait until there is something to read, or the end, without reading it."""
    if _poll is not None:
        _poll_of(fd, select.POLLIN).poll()


def has_more(fd):
    """Whether there is something to read, or the end, where that can be told."""
    return bool(_poll_of(fd, select.POLLIN).poll(0))


def takes_more(fd):
    """Whether to write a little there would not have to wait, as far as that can be told."""
    if _poll is None:
        return True
    return bool(_poll_of(fd, select.POLLOUT).poll(0))


def snapshot(queue):
    """A copy of a deque that other threads may be at."""
    while True:
        try:
            return queue.copy()
        except RuntimeError:
            pass  # it was changed meanwhile


def ring(bell):
    """Wake up who acquires this lock, now or next."""
    try:
        bell.release()
    except RuntimeError:
        pass  # it rings already
