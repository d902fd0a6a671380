"""The byte stream, and the one way out onto it."""

import os
from collections import deque

from .frames import pack_header
from .native import new_lock
from .native import ring
from .native import start_thread

_READ_SIZE = 65536
_ATOMIC_SIZE = 4096  # what a pipe takes as a whole or not at all
_BATCH_SIZE = 65536
_BATCH_PARTS = 512
_ROOM = 262144


class Stream:
    """The two descriptors that frames travel on."""

    def __init__(self, read_fd, write_fd):
        self._read_fd = read_fd
        self._write_fd = write_fd

    def read_chunk(self):
        """What has come, or b"" at the end, however that came about."""
        try:
            return os.read(self._read_fd, _READ_SIZE)
        except OSError:
            return b""

    def write_some(self, parts):
        """Write bytes of the first parts, with one system call; how many it took."""
        if len(parts) == 1:
            return os.write(self._write_fd, parts[0])
        if hasattr(os, "writev"):
            return os.writev(self._write_fd, parts)
        return os.write(self._write_fd, b"".join(parts))

    def write_all(self, parts):
        parts = deque(parts)
        while parts:
            written = self.write_some(list(parts))
            while parts and written >= len(parts[0]):
                written -= len(parts.popleft())
            if written:
                parts[0] = memoryview(parts[0])[written:]

    def close(self):
        for fd in {self._read_fd, self._write_fd}:
            try:
                os.close(fd)
            except OSError:
                pass


class Outbox:
    """Sends frames whole and in order, from any thread.

    A frame that the system takes as a whole is written by the thread that sends it. Any other
    goes through the writer thread: an exception that a signal handler raises in the sending
    thread could tear it apart halfway.
    """

    def __init__(self, stream, execmodel, on_broken, hub_calls=None):
        self._stream = stream
        self._on_broken = on_broken
        self._hub_calls = hub_calls
        self._lock = new_lock()  # held by who writes
        self._queue = deque()
        self._bell = new_lock()
        self._bell.acquire()
        self._room = execmodel.Condition()
        self._accounted = 0  # queued bytes that senders wait to see go
        self._dead = False
        self._pid = None if hasattr(os, "register_at_fork") else os.getpid()
        start_thread(self._write_queue, ())

    def abandon(self):
        """Send nothing from now on: the stream is broken, or belongs to the parent process."""
        self._dead = True
        self._queue.clear()

    def _check(self):
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            raise OSError("cannot send: the connection to the master is gone")

    def send(self, msgcode, channelid, payload=b""):
        """Send in order; waits where too much is on its way already."""
        self._check()
        size = len(payload)
        header = pack_header(msgcode, channelid, size)
        if size <= _ATOMIC_SIZE - len(header):
            frame = header + payload
            if self._hub_calls is None and self._lock.acquire(False):
                try:
                    if not self._queue:
                        self._write_directly(frame)
                        return
                finally:
                    self._lock.release()
            parts = (frame,)
        else:
            parts = (header, payload)
        with self._room:
            self._accounted += size
            self._queue.append((size, parts))
        ring(self._bell)
        with self._room:
            while self._accounted > _ROOM:
                self._check()
                self._room.wait()

    def post(self, msgcode, channelid, payload=b""):
        """Send in order, and never wait: for finalizers and for the thread that receives."""
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            return
        frame = pack_header(msgcode, channelid, len(payload)) + payload
        self._queue.append((0, (frame,)))
        ring(self._bell)

    def _write_directly(self, frame):
        try:
            written = self._stream.write_some([frame])
        except OSError:
            self._broken()
            raise
        if written < len(frame):  # sockets may do that, seldom
            self._queue.appendleft((0, (frame[written:],)))
            ring(self._bell)

    def _write_queue(self):
        while not self._dead:
            self._bell.acquire()
            with self._lock:
                while self._queue and not self._dead:
                    self._write_batch()

    def _write_batch(self):
        parts = []
        size = accounted = 0
        while self._queue and size < _BATCH_SIZE and len(parts) < _BATCH_PARTS:
            cost, frame = self._queue.popleft()
            accounted += cost
            size += sum(map(len, frame))
            parts.extend(frame)
        try:
            self._stream.write_all(parts)
        except OSError:
            self._broken()
        if accounted:
            self._call(self._account, accounted)

    def _call(self, func, *args):
        if self._hub_calls is None:
            func(*args)
        else:
            self._hub_calls.call_soon(func, *args)

    def _account(self, size):
        with self._room:
            self._accounted -= size
            self._room.notify_all()

    def _broken(self):
        if self._dead:
            return
        self.abandon()
        self._call(self._account, 0)
        if self._hub_calls is None:
            start_thread(self._on_broken, ())  # not while the write lock is held
        else:
            self._hub_calls.call_soon(self._on_broken)

    def flush(self):
        """Write what is queued, in the calling thread: for the end of the process."""
        with self._lock:
            while self._queue and not self._dead:
                self._write_batch()
