"""What is printed where it has no stream of its own: it goes to the master in frames."""

import struct
import sys

from .errors import ProtocolError
from .frames import OUTPUT
from .frames import OUTPUT_CREDIT
from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import monotonic
from .native import new_lock
from .native import ring
from .native import start_thread
from .pipes import Pipe
from .pipes import surviving_pipe
from .stdio import flush_standard_streams
from .stdio import point_at_null
from .stdio import printing_to

OUTPUT_WINDOW = 65536  # so much of each stream may be on its way
_SECONDS_TO_DRAIN = 1

_unpack_credit = struct.Struct(">i").unpack


class OutputRelay:
    """One standard descriptor: a pipe, so that child processes have it too, and who reads it.

    The thread is a native one: a print that waits for it may block the hub of green threads.
    Once nothing comes from the master any more, which might be credit, there is one further
    window for the last words; what is printed beyond that is read, but goes nowhere.
    """

    def __init__(self, fd, outbox, make_pipe):
        self._fd = fd
        self._outbox = outbox
        self._sent = 0  # counted by the thread that relays
        self._taken = 0  # counted by the one that reads frames
        self._over = False  # nothing comes from the master any more
        self._bell = new_lock()
        self._bell.acquire()
        self._drained = new_lock()
        self._drained.acquire()
        self._pipe = make_pipe(fd)

    def start(self):
        start_thread(self._relay, ())

    def _relay(self):
        data = b"first"
        while data:
            while self._sent - self._taken >= OUTPUT_WINDOW and not self._over:
                self._bell.acquire()
            data = self._read_and_send()
        self._drained.release()

    def _read_and_send(self):
        window = OUTPUT_WINDOW * 2 if self._over else OUTPUT_WINDOW
        room = window - (self._sent - self._taken)
        if room <= 0:
            return self._pipe.read(OUTPUT_WINDOW, lambda data: None)
        return self._pipe.read(room, self._send)

    def _send(self, data):
        self._sent += len(data)
        when_there_is_memory(self._outbox.post, OUTPUT, self._fd, data)

    def take(self, size):
        """The master has done with so many bytes."""
        self._taken += size
        ring(self._bell)

    def end(self):
        self._over = True
        ring(self._bell)

    def finish(self):
        """Nothing more is printed here."""
        point_at_null(self._fd)

    def is_empty(self):
        return self._pipe.is_empty()

    def wait_until_drained(self, seconds):
        """Let the last of it go, unless a child process goes on holding the pipe."""
        self._drained.acquire(True, max(0, seconds))

    def after_fork(self):
        """The parent reads the pipe; with a second reader, writing would not fail after it."""
        self._pipe.close()


class FramedOutput:
    """The descriptors whose output goes in frames, and the credit for it."""

    def __init__(self, descriptors, outbox):
        self._outbox = outbox
        flush_standard_streams()
        # Behind a socket server standard error leads to nobody who asks.
        make_errors = Pipe if "clientsock" in globals() else surviving_pipe
        self._relays = {
            fd: OutputRelay(fd, outbox, make_errors if fd == 2 else Pipe) for fd in descriptors
        }
        if 1 in self._relays:
            sys.stdout = sys.__stdout__ = printing_to(1)
        if 2 in self._relays:
            sys.stderr = sys.__stderr__ = printing_to(2)

    def start(self):
        for relay in self._relays.values():
            relay.start()

    def _is_for_nobody(self):
        """Whether nothing can be sent any more."""
        try:
            self._outbox.check()
            return False
        except OSError:
            return True

    def is_empty(self):
        """Whether nothing is left to be sent, as far as that can be told."""
        if self._is_for_nobody() or not CAN_TELL_READABLE:
            return True
        return all(relay.is_empty() for relay in self._relays.values())

    def on_credit(self, fd, payload):
        if len(payload) != 4:
            raise ProtocolError("a frame of type %d without an int in it" % OUTPUT_CREDIT)
        relay = self._relays.get(fd)
        if relay is not None:
            relay.take(_unpack_credit(payload)[0])

    def end(self):
        """Nothing comes from the master any more."""
        for relay in self._relays.values():
            relay.end()

    def finish(self):
        flush_standard_streams()
        for relay in self._relays.values():
            relay.finish()
        deadline = monotonic() + (0 if self._is_for_nobody() else _SECONDS_TO_DRAIN)
        for relay in self._relays.values():
            relay.wait_until_drained(deadline - monotonic())

    def after_fork(self):
        for relay in self._relays.values():
            relay.after_fork()
