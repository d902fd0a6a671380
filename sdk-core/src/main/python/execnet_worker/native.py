"""Threads, locks and time of the system, whatever executed code patches."""

import _thread
import select
import time

new_lock = _thread.allocate_lock
start_thread = _thread.start_new_thread
current_thread = _thread.get_ident
native_sleep = getattr(time.sleep, "execnet_native", time.sleep)  # see sleeping.py
monotonic = time.monotonic
_poll = getattr(select, "poll", None)
CAN_TELL_READABLE = _poll is not None


def wait_readable(fd):
    """Wait until there is something to read, or the end, without reading it."""
    if _poll is not None:
        poll = _poll()
        poll.register(fd, select.POLLIN)
        poll.poll()


def has_more(fd):
    """Whether there is something to read, or the end, where that can be told."""
    poll = _poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def takes_more(fd):
    """Whether to write a little there would not have to wait, as far as that can be told."""
    if _poll is None:
        return True
    poll = _poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(0))


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
