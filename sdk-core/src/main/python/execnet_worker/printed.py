"""What is printed where it has no stream of its own: it goes to the master in frames."""

import os
import struct
import sys
import time

from .errors import ProtocolError
from .frames import OUTPUT
from .frames import OUTPUT_CREDIT
from .native import new_lock
from .native import start_thread
from .stdio import flush_standard_streams
from .stdio import point_at_null
from .stdio import printing_to

OUTPUT_WINDOW = 65536  # so much of each stream may be on its way
_SECONDS_TO_DRAIN = 1

_unpack_credit = struct.Struct(">i").unpack
_monotonic = time.monotonic


class OutputRelay:
    """One standard descriptor: a pipe, so that child processes have it too, and who reads it.

    The thread is a native one: a print that waits for it may block the hub of green threads.
    Once nothing comes from the master any more, which might be credit, there is one further
    window for the last words; what is printed beyond that is read, but goes nowhere.
    """

    def __init__(self, fd, frames, outbox):
        self._fd = fd
        self._frames = frames
        self._outbox = outbox
        self._sent = 0  # counted by the thread that relays
        self._taken = 0  # counted by the one that reads frames
        self._drained = new_lock()
        self._drained.acquire()
        self._read_fd, write_fd = os.pipe()
        os.dup2(write_fd, fd)
        os.close(write_fd)

    def start(self):
        start_thread(self._relay, ())

    def _has_room(self):
        return self._sent - self._taken < OUTPUT_WINDOW

    def _relay(self):
        data = b"first"
        while data:
            self._frames.wait(self._has_room)
            data = self._read_and_send()
        self._drained.release()

    def _read_and_send(self):
        window = OUTPUT_WINDOW * 2 if self._frames.ended else OUTPUT_WINDOW
        room = window - (self._sent - self._taken)
        data = os.read(self._read_fd, room if room > 0 else OUTPUT_WINDOW)
        if data and room > 0:
            self._sent += len(data)
            self._outbox.post(OUTPUT, self._fd, data)
        return data

    def take(self, size):
        """The master has done with so many bytes."""
        self._taken += size

    def finish(self):
        """Nothing more is printed here."""
        point_at_null(self._fd)

    def wait_until_drained(self, seconds):
        """Let the last of it go, unless a child process goes on holding the pipe."""
        self._drained.acquire(True, max(0, seconds))

    def after_fork(self):
        """The parent reads the pipe; with a second reader, writing would not fail after it."""
        os.close(self._read_fd)


class FramedOutput:
    """The descriptors whose output goes in frames, and the credit for it."""

    def __init__(self, descriptors, frames, outbox):
        flush_standard_streams()
        self._relays = {fd: OutputRelay(fd, frames, outbox) for fd in descriptors}
        if 1 in self._relays:
            sys.stdout = sys.__stdout__ = printing_to(1)
        if 2 in self._relays:
            sys.stderr = sys.__stderr__ = printing_to(2)

    def start(self):
        for relay in self._relays.values():
            relay.start()

    def on_credit(self, fd, payload):
        if len(payload) != 4:
            raise ProtocolError("a frame of type %d without an int in it" % OUTPUT_CREDIT)
        relay = self._relays.get(fd)
        if relay is not None:
            relay.take(_unpack_credit(payload)[0])

    def finish(self):
        flush_standard_streams()
        for relay in self._relays.values():
            relay.finish()
        deadline = _monotonic() + _SECONDS_TO_DRAIN
        for relay in self._relays.values():
            relay.wait_until_drained(deadline - _monotonic())

    def after_fork(self):
        for relay in self._relays.values():
            relay.after_fork()
