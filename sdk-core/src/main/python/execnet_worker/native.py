"""Threads, locks and time of the system, whatever executed code patches."""

import _thread
import operator
import os
import select
import sys
import time
from itertools import compress

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


class PipeAtOnce:
    """Writes to a descriptor, but only what that takes without a wait; for one thread at a time."""

    most = 0  # beyond what is small, as there may be room for no more

    def __init__(self, fd):
        self._fd = fd
        self._poll = _poll_of(fd, select.POLLOUT).poll
        self._found = ([(fd, select.POLLOUT)],)

    def writing(self, parts):
        """Iterate: when asked, write them, and say how many bytes that was; nothing if none."""
        taking = map(operator.eq, map(self._poll, (0,)), self._found)
        return map(os.write, compress((self._fd,), taking), parts)

    def close(self):
        """The descriptor is about to be closed."""


class SocketAtOnce:
    """The same to a socket, for any number of threads. BlockingIOError where it takes nothing."""

    most = 131072

    def __init__(self, fd):
        import _socket as socket  # the module around it takes long to import

        self._socket = socket.socket(fileno=fd)
        self._socket.settimeout(None)  # else there may be one, and the descriptor does not block
        self._flags = (socket.MSG_DONTWAIT,)

    def writing(self, parts):
        if len(parts) == 1:
            return map(self._socket.send, parts, self._flags)
        return map(self._socket.sendmsg, (parts,), ((),), self._flags)

    def close(self):
        self._socket.detach()


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
