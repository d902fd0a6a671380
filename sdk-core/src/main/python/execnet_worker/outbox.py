"""The byte stream, and the one way out onto it."""

import operator
import os
import stat
import struct
import sys
from collections import deque
from functools import partial
from itertools import islice
from itertools import takewhile

from .encoding import LIST_HEAD_SIZE
from .encoding import MOST_OF_ITEMS
from .frames import HEADER_SIZE
from .frames import MARSHAL_DATA
from .frames import MARSHAL_ITEMS
from .frames import pack_header
from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import monotonic
from .native import new_lock
from .native import ring
from .native import snapshot
from .native import start_thread
from .native import takes_more

_ATOMIC_PAYLOAD = 4096 - HEADER_SIZE  # a pipe takes 4096 bytes as a whole or not at all
_SOCKET_TAKES = 131072
_BATCH_SIZE = 262144
_BATCH_FRAMES = 256
_MOST_PARTS = 1024  # for one system call
_ROOM = 524288
_ROOM_FRAMES = 512
_SOON = 0.00005  # seconds between two frames of a stream
_STREAM = 32  # frames that make one
_pack_list_head = struct.Struct("<ci").pack
_LOCKED = 3  # steps of Outbox._write_first() after which the lock is held
_UNLOCKED = 7  # and after which it is free again
# Whether a call of the interpreter's own code lets nobody in between.
_CALLS_ARE_STEPS = (
    sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
)


class Stream:
    """The two descriptors that frames travel on."""

    def __init__(self, read_fd, write_fd):
        self._read_fd = read_fd
        self._write_fd = write_fd
        # A socket says that it takes more while much of its buffer is free, a pipe when little is.
        is_socket = stat.S_ISSOCK(os.fstat(write_fd).st_mode)
        self._most_at_once = _SOCKET_TAKES if is_socket and CAN_TELL_READABLE else 0

    def read_chunk(self, size):
        """What has come, so much at most, or b"" at the end, however that came about."""
        try:
            return os.read(self._read_fd, size)
        except OSError:
            return b""

    def writing(self, parts):
        """Iterate once: when asked, write them, and say how many bytes the system has taken."""
        if len(parts) == 1:
            return map(os.write, (self._write_fd,), parts)
        return map(os.writev, (self._write_fd,), (parts,))

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
        return self.write_some(list(islice(parts, _MOST_PARTS)))

    def close(self):
        for fd in {self._read_fd, self._write_fd}:
            try:
                os.close(fd)
            except OSError:
                pass


def _without(part, size):
    return memoryview(part)[size:]


class Parts:
    """A frame that is not small, or what makes some, and how many bytes of it to wait for."""

    __slots__ = ("size", "parts")

    def __init__(self, size, parts):
        self.size = size
        self.parts = parts


def pack_frame(msgcode, channelid, payload):
    """A frame as an Outbox queues it, or an item for one with others of its channel."""
    if msgcode == MARSHAL_ITEMS:
        return payload, channelid
    size = len(payload)
    header = pack_header(msgcode, channelid, size)
    return header + payload if size <= _ATOMIC_PAYLOAD else Parts(size, (header, payload))


def _parts_of(entry):
    """What is written of one that an Outbox has queued."""
    kind = type(entry)
    if kind is bytes:
        return (entry,)
    if kind is tuple:
        payload, channelid = entry
        return (pack_header(MARSHAL_DATA, channelid, len(payload)) + payload,)
    return entry.parts


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
        self._writes_alone = hub_calls is None and _CALLS_ARE_STEPS
        self._lock = new_lock()  # held by who writes: nobody else takes from the queue
        self._unlock = partial(self._lock.release)
        # Of bytes, which are small frames, of (payload, channel id) of items, and of Parts.
        # Who appends with += can't be interrupted before the next call of anything.
        self.queue = deque()
        self._bell = new_lock()
        self._bell.acquire()
        self._room = execmodel.Condition()
        self._crowded = False  # somebody waits there
        # Whether frames are those of a stream is told from these.
        self._sent_at = 0
        self._run = 0  # so many came alone, but soon after each other
        self._goes_on = False  # one has found others in the queue since
        self.dead = []  # not empty: nothing can be sent any more
        # Of who may send, where nothing tells of forks.
        self.pid = None if hasattr(os, "register_at_fork") else os.getpid()

    def start(self):
        start_thread(self._write_queue, ())

    def abandon(self):
        """Send nothing from now on: the stream is broken, or belongs to the parent process."""
        self.dead.append(True)
        self.queue.clear()
        ring(self._bell)  # for the writer thread to end

    def end(self):
        """As abandon(), and wait until nobody writes any more: the stream can be closed then.

        It has to be shut down already, for whoever is writing to come back.
        """
        self.dead.append(True)
        with self._lock:
            self.queue.clear()
        self._tell_of_room()
        ring(self._bell)

    def check(self):
        """Raise an OSError where nothing can be sent any more."""
        if self.dead or (self.pid is not None and self.pid != os.getpid()):
            raise OSError("cannot send: the connection to the master is gone")

    def send(self, msgcode, channelid, payload=b""):
        """Send in order; waits where too much is on its way already."""
        self.check()
        frame = pack_frame(msgcode, channelid, payload)
        queue = self.queue
        try:
            queue += (frame,)
            self.push(frame)
        except BaseException:
            self.wake()
            raise

    def push(self, entry):
        """See to it that what was queued is written, now or soon; waits where that is much."""
        if self.dead:
            self.queue.clear()
            self.check()
        waiting = len(self.queue)
        if waiting > 1:
            self._goes_on = True
        elif self._writes_alone and self._push_alone(entry):
            return
        if self._bell.locked():
            ring(self._bell)
        if waiting >= _ROOM_FRAMES or type(entry) is Parts:
            self._wait_for_room()

    def _push_alone(self, entry):
        """Write the only frame, unless it belongs to a stream; whether it was written, or begun."""
        if type(entry) is Parts:
            return self._stream.takes(entry.size) and self._write_first(entry)
        now = monotonic()
        if not self._goes_on and now - self._sent_at > _SOON:
            self._run = 0
        self._goes_on = False
        self._run += 1
        if self._run > _STREAM:
            self._sent_at = now
            return False
        written = self._write_first(entry)
        self._sent_at = monotonic()  # again: who is woken up by it may have kept us waiting
        return written

    def wake(self):
        """Have what was put written by the thread that is there for it."""
        if self.queue and self._bell.locked():
            ring(self._bell)

    def _wait_for_room(self):
        with self._room.lock:
            self._crowded = True  # before looking: who has written looks for it after that
            while len(self.queue) >= _ROOM_FRAMES or self._bytes_queued() > _ROOM:
                self.check()
                self._interrupts.wait(self._room)
                self._crowded = True
        self.check()  # again: what was queued may have been let go

    def _bytes_queued(self):
        """Of large frames."""
        return sum(entry.size for entry in snapshot(self.queue) if type(entry) is Parts)

    def _write_first(self, entry):
        """Write this frame, if it is first and nobody else writes; whether that was so.

        Signal handlers may raise exceptions in the calling thread. So all is one call of the
        interpreter's own code, each step of which is made if the one before gave what it should.
        """
        parts = _parts_of(entry)
        queue = self.queue
        first = map(queue.__getitem__, (0,))  # looked up when its step comes
        written, done = [], []
        rest = Parts(0, lambda: (memoryview(b"".join(parts))[written[0] :],))
        steps = (
            partial(next, map(operator.is_, first, (entry,))),
            partial(operator.not_, self.dead),
            partial(self._lock.acquire, False),
            partial(written.extend, self._stream.writing(parts)),
            partial(next, map(operator.eq, written, (sum(map(len, parts)),))),
            partial(queue.__delitem__, 0),
            self._unlock,
        )
        wanted = (True, True, True, None, True, None, None)
        results = map(operator.eq, map(partial.__call__, steps), wanted)
        try:
            done.extend(takewhile(operator.truth, results))
        except (IndexError, OSError) as exc:
            if exc.__traceback__.tb_next is not None:
                raise  # it is a signal handler's
            if isinstance(exc, OSError):
                self._broken()
                raise
            # else somebody else has written the frame
        finally:
            # (No call comes before the lock is free, so no other exception does.)
            if done[_LOCKED - 1 :] and not done[_UNLOCKED - 1 :]:
                if written:  # a part of it, as a signal came
                    queue[0] = rest
                self._lock.release()
                ring(self._bell)
        return bool(written)

    def post(self, msgcode, channelid, payload=b""):
        """Send in order, and never wait: for finalizers and for the thread that receives."""
        entry = pack_frame(msgcode, channelid, payload)
        if type(entry) is Parts:
            entry.size = 0
        self._post(entry)

    def post_when_written(self, make_frames):
        """As post(); what is to be sent is asked for when its turn has come."""
        self._post(Parts(0, make_frames))

    def _post(self, entry):
        if self.dead or (self.pid is not None and self.pid != os.getpid()):
            return
        self.queue.append(entry)
        ring(self._bell)

    # The writer thread

    def _write_queue(self):
        while not self.dead:
            self._bell.acquire()
            with self._lock:
                while self.queue and not self.dead:
                    self._write_batch()
        self._call(self._on_broken)

    def _write_batch(self):
        parts = []
        when_there_is_memory(self._take_batch, parts)
        try:
            self._stream.write_all(parts)
        except (OSError, MemoryError):  # the latter where it is not known what was written
            self._broken()
        if self._crowded:
            when_there_is_memory(self._call, self._tell_of_room)

    def _take_batch(self, parts):
        """Take frames off the queue, some at least."""
        queue = self.queue
        size = 0
        try:
            while queue and size < _BATCH_SIZE:
                entry = queue[0]
                if type(entry) is Parts:
                    left = 1
                    if callable(entry.parts):
                        entry.parts = entry.parts()
                    some = entry.parts
                else:
                    pieces = []
                    left = self._take_small(pieces)
                    some = (b"".join(pieces),)
                size += sum(map(len, some))
                parts.extend(some)
                while left:  # nothing takes memory from here on
                    queue.popleft()
                    left -= 1
        except MemoryError:
            if not parts:
                raise

    def _take_small(self, pieces):
        """Put together the first of those in the queue, before any that is not; how many."""
        payloads = []  # of items that follow each other on one channel
        channelid = None
        room = 0  # for more of them in one frame
        taken = 0
        for at in range(min(len(self.queue), _BATCH_FRAMES)):  # others may append meanwhile
            entry = self.queue[at]
            if type(entry) is tuple:
                payload = entry[0]
                room -= len(payload)
                if entry[1] != channelid or room < 0:
                    _join_items(pieces, channelid, payloads)
                    channelid = entry[1]
                    payloads = []
                    room = MOST_OF_ITEMS - LIST_HEAD_SIZE - len(payload)
                payloads.append(payload)
            elif type(entry) is bytes:
                _join_items(pieces, channelid, payloads)
                channelid = None
                payloads = []
                pieces.append(entry)
            else:
                break
            taken += 1
        _join_items(pieces, channelid, payloads)
        return taken

    def _call(self, func, *args):
        if self._hub_calls is None:
            func(*args)
        else:
            self._hub_calls.call_soon(func, *args)

    def _tell_of_room(self):
        with self._room.lock:
            self._room.notify_all()  # first: without memory for it, this is called again
            self._crowded = False

    def _broken(self):
        if self.dead:
            return
        self.abandon()
        self._call(self._tell_of_room)
        ring(self._bell)  # and the writer thread tells of it: not while the write lock is held

    def is_idle(self):
        """Whether all that was sent before is written, or can't be."""
        return bool(self.dead) or not (self.queue or self._lock.locked())

    def flush(self):
        """Write what is queued, in the calling thread: for the end of the process."""
        with self._lock:
            while self.queue and not self.dead:
                self._write_batch()


def _join_items(pieces, channelid, payloads):
    """Append the pieces of the one frame that these items of a channel go in."""
    if len(payloads) == 1:
        pieces.append(pack_header(MARSHAL_DATA, channelid, len(payloads[0])))
    elif payloads:
        size = LIST_HEAD_SIZE + sum(map(len, payloads))
        pieces.append(pack_header(MARSHAL_ITEMS, channelid, size))
        pieces.append(_pack_list_head(b"[", len(payloads)))
    pieces += payloads
