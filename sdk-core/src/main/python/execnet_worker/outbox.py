"""The byte stream, and the one way out onto it."""

import os
from collections import deque

from .frames import HEADER_SIZE
from .frames import pack_header
from .memory import when_there_is_memory
from .native import new_lock
from .native import ring
from .native import start_thread

_READ_SIZE = 65536
_ATOMIC_PAYLOAD = 4096 - HEADER_SIZE  # a pipe takes 4096 bytes as a whole or not at all
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

    def write_once(self, data, written):
        """Write what the system takes of it; how much is appended in the same step.

        So whoever is interrupted by an exception can tell whether that was before or after.
        """
        written.extend(map(os.write, (self._write_fd,), (data,)))

    def write_some(self, parts):
        """Write bytes of the first parts, with one system call; how many it took."""
        if len(parts) == 1:
            return os.write(self._write_fd, parts[0])
        if hasattr(os, "writev"):
            return os.writev(self._write_fd, parts)
        return os.write(self._write_fd, b"".join(parts))

    def write_all(self, parts):
        parts = when_there_is_memory(deque, parts)
        while parts:
            written = when_there_is_memory(self._write_some_of, parts)
            while parts and written >= len(parts[0]):
                written -= len(parts.popleft())
            if written:
                parts[0] = when_there_is_memory(_without, parts[0], written)

    def _write_some_of(self, parts):
        return self.write_some(list(parts))

    def close(self):
        for fd in {self._read_fd, self._write_fd}:
            try:
                os.close(fd)
            except OSError:
                pass


def _without(part, size):
    return memoryview(part)[size:]


class Outbox:
    """Sends frames whole and in order, from any thread.

    A frame that the system takes as a whole is written by the thread that sends it. Any other
    goes through the writer thread: an exception that a signal handler raises in the sending
    thread could tear it apart halfway.
    """

    def __init__(self, stream, execmodel, interrupts, on_broken, hub_calls=None):
        self._stream = stream
        self._interrupts = interrupts
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

    def start(self):
        start_thread(self._write_queue, ())

    def abandon(self):
        """Send nothing from now on: the stream is broken, or belongs to the parent process."""
        self._dead = True
        self._queue.clear()
        ring(self._bell)  # for the writer thread to end

    def end(self):
        """As abandon(), and wait until nobody writes any more: the stream can be closed then.

        It has to be shut down already, for whoever is writing to come back.
        """
        self._dead = True
        with self._lock:
            self._queue.clear()
        self._account(0)
        ring(self._bell)

    def check(self):
        """Raise an OSError where nothing can be sent any more."""
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            raise OSError("cannot send: the connection to the master is gone")

    def send(self, msgcode, channelid, payload=b""):
        """Send in order; waits where too much is on its way already."""
        self.check()
        size = len(payload)
        header = pack_header(msgcode, channelid, size)
        if size <= _ATOMIC_PAYLOAD:
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
            self._queue.append((size, parts))
            self._accounted += size
        ring(self._bell)
        self.wait_for_room()

    def wait_for_room(self):
        with self._room:
            while self._accounted > _ROOM:
                self.check()
                self._interrupts.wait(self._room)

    # send() in steps, for who lets frames go in an order of their own. What a step has done is
    # found in the list that it was given, also where an exception interrupts it.

    def claim(self, size, claimed):
        """Whether the next frame, of so much payload, is the caller's to write().

        If not, put() has a place for it in the order. Neither ever waits.
        """
        if size > _ATOMIC_PAYLOAD or self._queue or self._hub_calls is not None:
            return False
        claimed.extend(map(self._lock.acquire, (False,)))
        return claimed[0]

    def unclaim(self, claimed):
        if True in claimed:
            self._lock.release()

    def write(self, msgcode, channelid, payload, sent):
        self._write_directly(pack_header(msgcode, channelid, len(payload)) + payload, sent)

    def put(self, msgcode, channelid, payload, sent):
        """Send in order; whoever brought the frame has to wait_for_room() then."""
        if self._dead:
            return
        size = len(payload)
        parts = (pack_header(msgcode, channelid, size), payload)
        with self._room:
            sent.extend(map(self._queue.append, ((size, parts),)))
            self._accounted += size
        ring(self._bell)

    def post(self, msgcode, channelid, payload=b""):
        """Send in order, and never wait: for finalizers and for the thread that receives."""
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            return
        frame = pack_header(msgcode, channelid, len(payload)) + payload
        self._queue.append((0, (frame,)))
        ring(self._bell)

    def post_when_written(self, make_frames):
        """As post(); what is to be sent is asked for when its turn has come."""
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            return
        self._queue.append((0, make_frames))
        ring(self._bell)

    def _write_directly(self, frame, sent=None):
        self.check()  # again: only while the lock is held is the stream known to be open
        sent = [] if sent is None else sent
        try:
            self._stream.write_once(frame, sent)
        except OSError as exc:
            if exc.errno is not None:  # else it is a signal handler's, as a TimeoutError may be
                self._broken()
            raise
        finally:
            if sent and sent[0] < len(frame):  # as sockets do, when a signal comes
                self._queue.appendleft((0, (frame[sent[0] :],)))
                ring(self._bell)

    def _write_queue(self):
        while not self._dead:
            self._bell.acquire()
            with self._lock:
                while self._queue and not self._dead:
                    self._write_batch()
        self._call(self._on_broken)

    def _write_batch(self):
        parts = []
        accounted = when_there_is_memory(self._take_batch, parts)
        try:
            self._stream.write_all(parts)
        except OSError:
            self._broken()
        if accounted:
            when_there_is_memory(self._call, self._account, accounted)

    def _take_batch(self, parts):
        """Take frames off the queue, some at least; how many bytes of them senders wait for."""
        size = accounted = 0
        try:
            while self._queue and size < _BATCH_SIZE and len(parts) < _BATCH_PARTS:
                cost, frame = self._queue[0]
                if callable(frame):
                    frame = frame()
                    self._queue[0] = cost, frame
                size += sum(map(len, frame))
                cost += accounted
                parts.extend(frame)
                self._queue.popleft()
                accounted = cost
        except MemoryError:
            if not parts:
                raise
        return accounted

    def _call(self, func, *args):
        if self._hub_calls is None:
            func(*args)
        else:
            self._hub_calls.call_soon(func, *args)

    def _account(self, size):
        with self._room:
            self._room.notify_all()  # first: without memory for it, this is called again
            self._accounted -= size

    def _broken(self):
        if self._dead:
            return
        self.abandon()
        self._call(self._account, 0)
        ring(self._bell)  # and the writer thread tells of it: not while the write lock is held

    def is_idle(self):
        """Whether all that was sent before is written, or can't be."""
        return self._dead or not (self._queue or self._lock.locked())

    def flush(self):
        """Write what is queued, in the calling thread: for the end of the process."""
        with self._lock:
            while self._queue and not self._dead:
                self._write_batch()
