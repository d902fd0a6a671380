"""The byte stream, and the one way out onto it."""

import operator
import os
import stat
from collections import deque
from functools import partial
from itertools import islice
from itertools import takewhile

from .frames import HEADER_SIZE
from .frames import pack_header
from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import monotonic
from .native import new_lock
from .native import ring
from .native import start_thread
from .native import takes_more

_READ_SIZE = 65536
_ATOMIC_PAYLOAD = 4096 - HEADER_SIZE  # a pipe takes 4096 bytes as a whole or not at all
_SOCKET_TAKES = 131072
_BATCH_SIZE = 262144
_BATCH_FRAMES = 256
_ROOM = 524288
_ROOM_FRAMES = 512
_SOON = 0.00005  # seconds between two frames of a stream
_STREAM = 32  # frames that make one
_LOCKED = 3  # steps of Outbox._write_first() after which the lock is held


class Stream:
    """The two descriptors that frames travel on."""

    def __init__(self, read_fd, write_fd):
        self._read_fd = read_fd
        self._write_fd = write_fd
        # A socket says that it takes more while much of its buffer is free, a pipe when little is.
        is_socket = stat.S_ISSOCK(os.fstat(write_fd).st_mode)
        self._most_at_once = _SOCKET_TAKES if is_socket and CAN_TELL_READABLE else 0

    def read_chunk(self):
        """What has come, or b"" at the end, however that came about."""
        try:
            return os.read(self._read_fd, _READ_SIZE)
        except OSError:
            return b""

    def writing(self, frame):
        """Iterate once: when asked, write the frame, and say how much the system has taken."""
        if type(frame) is bytes:
            return map(os.write, (self._write_fd,), (frame,))
        return map(os.writev, (self._write_fd,), (frame[1],))

    def takes(self, size):
        """Whether it would take so much at once, as far as that can be told."""
        return size <= self._most_at_once and takes_more(self._write_fd)

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


def pack_frame(msgcode, channelid, payload):
    """A frame as an Outbox queues it."""
    size = len(payload)
    header = pack_header(msgcode, channelid, size)
    return header + payload if size <= _ATOMIC_PAYLOAD else (size, (header, payload))


def _rest(frame, written):
    """What is left of it, to be queued."""
    parts = (frame,) if type(frame) is bytes else frame[1]
    return 0, (memoryview(b"".join(parts))[written:],)


class Outbox:
    """Sends frames whole and in order, from any thread.

    They queue. A frame that comes alone, and that the system takes at once, is then written by the
    thread that sends it; any other by the writer thread, and of a stream many at a time.
    """

    def __init__(self, stream, execmodel, interrupts, on_broken, hub_calls=None):
        self._stream = stream
        self._interrupts = interrupts
        self._on_broken = on_broken
        self._hub_calls = hub_calls
        self._lock = new_lock()  # held by who writes: nobody else takes from the queue
        self._unlock = partial(self._lock.release)
        # Of bytes, which are small frames, and of (size to account for, parts or what makes them).
        # Who appends with += can't be interrupted before the next call of anything.
        self.queue = deque()
        self._bell = new_lock()
        self._bell.acquire()
        self._room = execmodel.Condition()
        self._crowded = False  # somebody waits there
        self._accounted = 0  # bytes of large frames in the queue, that senders wait to see go
        # Whether frames are those of a stream is told from these.
        self._sent_at = 0
        self._run = 0  # so many came alone, but soon after each other
        self._goes_on = False  # one has found others in the queue since
        self._dead = []  # not empty: nothing can be sent any more
        self._pid = None if hasattr(os, "register_at_fork") else os.getpid()

    def start(self):
        start_thread(self._write_queue, ())

    def abandon(self):
        """Send nothing from now on: the stream is broken, or belongs to the parent process."""
        self._dead.append(True)
        self.queue.clear()
        ring(self._bell)  # for the writer thread to end

    def end(self):
        """As abandon(), and wait until nobody writes any more: the stream can be closed then.

        It has to be shut down already, for whoever is writing to come back.
        """
        self._dead.append(True)
        with self._lock:
            self.queue.clear()
        self._account(0)
        ring(self._bell)

    def check(self):
        """Raise an OSError where nothing can be sent any more."""
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            raise OSError("cannot send: the connection to the master is gone")

    def send(self, msgcode, channelid, payload=b""):
        """Send in order; waits where too much is on its way already."""
        frame = pack_frame(msgcode, channelid, payload)
        queue = self.queue
        try:
            queue += (frame,)
            self.push(frame)
        except BaseException:
            self.wake()
            raise

    def push(self, frame):
        """See to it that what was queued is written, now or soon; waits where that is much."""
        if self._dead or self._pid is not None:
            self.check()
        queue = self.queue
        if len(queue) > 1:
            self._goes_on = True
        elif self._hub_calls is None and self._push_alone(frame):
            return
        if type(frame) is not bytes:
            with self._room.lock:
                self._accounted += frame[0]
        self.wake()
        if len(queue) >= _ROOM_FRAMES or self._accounted > _ROOM:
            self._wait_for_room()

    def _push_alone(self, frame):
        """Write the only frame, unless it belongs to a stream; whether it was written, or begun."""
        if type(frame) is not bytes:
            return self._stream.takes(frame[0]) and self._write_first(frame)
        now = monotonic()
        if not self._goes_on and now - self._sent_at > _SOON:
            self._run = 0
        self._goes_on = False
        self._run += 1
        if self._run > _STREAM:
            self._sent_at = now
            return False
        written = self._write_first(frame)
        self._sent_at = monotonic()  # again: who is woken up by it may have kept us waiting
        return written

    def wake(self):
        """Have what was put written by the thread that is there for it."""
        if self.queue and self._bell.locked():
            ring(self._bell)

    def _wait_for_room(self):
        with self._room.lock:
            self._crowded = True  # before looking: who has written looks for it after that
            while len(self.queue) >= _ROOM_FRAMES or self._accounted > _ROOM:
                self.check()
                self._interrupts.wait(self._room)
                self._crowded = True

    def _write_first(self, frame):
        """Write this frame, if it is first and nobody else writes; whether that was so.

        Signal handlers may raise exceptions in the calling thread. So all is one call of the
        interpreter's own code, each step of which is made if the one before gave what it should.
        """
        size = len(frame) if type(frame) is bytes else sum(map(len, frame[1]))
        first = map(self.queue.__getitem__, (0, 0))  # looked up when a step asks for it
        is_first = partial(next, map(operator.is_, first, (frame, frame)))
        is_open = partial(operator.not_, self._dead)
        written, done = [], []
        steps = (
            is_first,
            is_open,
            partial(self._lock.acquire, False),
            is_first,  # again, where the interpreter lets other threads run in between
            is_open,
            partial(written.extend, self._stream.writing(frame)),
            partial(next, map(operator.eq, written, (size,))),
            partial(self.queue.__delitem__, 0),
            self._unlock,
        )
        wanted = (True, True, True, True, True, None, True, None, None)
        results = map(operator.eq, map(partial.__call__, steps), wanted)
        try:
            done.extend(takewhile(operator.truth, results))
        except IndexError:
            pass  # somebody else has written it
        except OSError as exc:
            if exc.errno is not None:  # else it is a signal handler's, as a TimeoutError may be
                self._broken()
            raise
        finally:
            if _LOCKED <= len(done) < len(steps):
                if written:  # a part of it, as a signal came
                    self.queue[0] = when_there_is_memory(_rest, frame, written[0])
                    self.wake()
                self._lock.release()
        return bool(written)

    def post(self, msgcode, channelid, payload=b""):
        """Send in order, and never wait: for finalizers and for the thread that receives."""
        frame = pack_frame(msgcode, channelid, payload)
        self._post(frame if type(frame) is bytes else (0, frame[1]))

    def post_when_written(self, make_frames):
        """As post(); what is to be sent is asked for when its turn has come."""
        self._post((0, make_frames))

    def _post(self, entry):
        if self._dead or (self._pid is not None and self._pid != os.getpid()):
            return
        self.queue.append(entry)
        ring(self._bell)

    # The writer thread

    def _write_queue(self):
        while not self._dead:
            self._bell.acquire()
            with self._lock:
                while self.queue and not self._dead:
                    self._write_batch()
        self._call(self._on_broken)

    def _write_batch(self):
        parts = []
        accounted = when_there_is_memory(self._take_batch, parts)
        try:
            self._stream.write_all(parts)
        except OSError:
            self._broken()
        if accounted or self._crowded:
            when_there_is_memory(self._call, self._account, accounted)

    def _take_batch(self, parts):
        """Take frames off the queue, some at least; how many bytes of them senders wait for."""
        queue = self.queue
        size = accounted = 0
        try:
            while queue and size < _BATCH_SIZE:
                if type(queue[0]) is bytes:
                    small = self._small_frames()
                    joined = b"".join(small)
                    size += len(joined)
                    parts.append(joined)
                    left = len(small)
                    while left:  # nothing takes memory from here on
                        queue.popleft()
                        left -= 1
                    continue
                cost, frame = queue[0]
                if callable(frame):
                    frame = frame()
                    queue[0] = cost, frame
                size += sum(map(len, frame))
                cost += accounted
                parts.extend(frame)
                queue.popleft()
                accounted = cost
        except MemoryError:
            if not parts:
                raise
        return accounted

    def _small_frames(self):
        """The first of those in the queue, before any other."""
        frames = list(islice(self.queue, _BATCH_FRAMES))  # at once: others append meanwhile
        for number, frame in enumerate(frames):
            if type(frame) is not bytes:
                return frames[:number]
        return frames

    def _call(self, func, *args):
        if self._hub_calls is None:
            func(*args)
        else:
            self._hub_calls.call_soon(func, *args)

    def _account(self, size):
        with self._room.lock:
            self._room.notify_all()  # first: without memory for it, this is called again
            self._crowded = False
            self._accounted -= size

    def _broken(self):
        if self._dead:
            return
        self.abandon()
        self._call(self._account, 0)
        ring(self._bell)  # and the writer thread tells of it: not while the write lock is held

    def is_idle(self):
        """Whether all that was sent before is written, or can't be."""
        return bool(self._dead) or not (self.queue or self._lock.locked())

    def flush(self):
        """Write what is queued, in the calling thread: for the end of the process."""
        with self._lock:
            while self.queue and not self._dead:
                self._write_batch()
