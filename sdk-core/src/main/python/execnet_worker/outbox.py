"""The one way out onto the stream."""

import os
from collections import deque
from sys import gettrace

from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import SWITCHES_AT_CALLS
from .native import is_unwatched
from .native import monotonic
from .native import native_sleep
from .native import new_lock
from .native import ring
from .native import snapshot
from .native import start_thread
from .packing import Parts
from .packing import join_small
from .packing import pack_frame
from .packing import parts_of
from .runs import Run
from .waiting import Waiters

_BATCH_SIZE = 262144
_BATCH_FRAMES = 256
_ROOM = 524288
_ROOM_FRAMES = 512
_SOON = 0.00005  # seconds between two frames of a stream
_STREAM = 32  # frames that make one
_ANSWERS = 1  # likewise, where there is more to answer and none has taken long
_FAILURES = OSError, MemoryError  # of writing: after the latter it is not known what was written


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
        self._writes_alone = hub_calls is None and SWITCHES_AT_CALLS and CAN_TELL_READABLE
        # Who takes from the queue has the lock, and waits for who writes alone and has none.
        self._lock = new_lock()
        self._batches = False  # somebody has it
        self._alone = False  # somebody writes the first frame alone
        self._begun = 0  # bytes of that which are written already
        # Of what pack_frame() gives, and of runs of items.
        # Who appends with += can't be interrupted before the next call of anything.
        self.queue = deque()
        self._bell = new_lock()
        self._bell.acquire()
        self._crowd = Waiters(execmodel.Latch)  # that waits for room
        # Whether frames are those of a stream is told from these.
        self._sent_at = 0
        self._run = 0  # so many came alone, but soon after each other
        self._goes_on = False  # one has found others in the queue since
        self._answers = _ANSWERS
        self._has_more = False  # who has sent that had more to answer
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
            self._take_over()
            self.queue.clear()
        self._crowd.wake_all()
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

    def last_items_of(self, channel_id):
        """What was queued last, if that are several items of this channel."""
        try:
            last = self.queue[-1]
            if type(last) is Run:
                return last if last.channel_id == channel_id else None
            before = self.queue[-2]
        except IndexError:
            return None
        is_second = type(last) is type(before) is tuple and last[1] == before[1] == channel_id
        return last if is_second else None

    def pause(self):
        """Who waits for an answer, or for more to answer, sends no stream."""
        self._run = 0
        self._has_more = False

    def push(self, entry, has_more=False):
        """See to it that what was queued is written, now or soon; waits where that is much.

        Who has more to answer to may send that soon too.
        """
        if self.dead:
            self.queue.clear()
            self.check()
        waiting = len(self.queue)
        if waiting > 1:
            self._goes_on = True
        elif self._writes_alone and type(entry) is not Run and self._push_alone(entry, has_more):
            return
        if self._bell.locked():
            self.wake()
        if waiting >= _ROOM_FRAMES or type(entry) is Parts:
            self._wait_for_room()

    def _push_alone(self, entry, has_more):
        """Write the only frame, unless it belongs to a stream; whether it was written."""
        if type(entry) is Parts:
            return entry.size <= self._stream.most_at_once and self._write_alone(entry)
        now = monotonic()
        if not self._goes_on and now - self._sent_at > _SOON:
            self._run = 0
            if self._has_more:
                self._answers = _STREAM  # what was put off might have waited for this one
        self._goes_on = False
        self._has_more = has_more
        self._run += 1
        if self._run > (self._answers if has_more else _STREAM):
            self._answers = _ANSWERS
            self._sent_at = now
            return False
        written = self._write_alone(entry)
        self._sent_at = monotonic()  # again: who is woken up by it may have kept us waiting
        return written

    def wake(self):
        """Have what was put written by the thread that is there for it."""
        if self.queue and self._bell.locked():
            ring(self._bell)

    def _wait_for_room(self):
        self._crowd.wait_until(self._has_room, self._interrupts.wait_for)
        self.check()  # what was queued may have been let go

    def _has_room(self):
        """Whether who sends has to wait no longer."""
        if self.dead:
            return True
        large = (entry.size for entry in snapshot(self.queue) if type(entry) is Parts)
        return len(self.queue) < _ROOM_FRAMES and sum(large) <= _ROOM

    def _write_alone(self, entry):
        """Write this frame, if it is first, nobody else writes, and none has to wait for that.

        Signal handlers and finalizers run in the calling thread, may raise exceptions, and may
        send and wait themselves. So nothing is called between the steps, after which they could
        run, but what writes; and that makes no object of which the interpreter keeps track.
        Whether the system took it all.
        """
        queue = self.queue
        parts = parts_of(entry)
        size = sum(map(len, parts))
        writing = self._stream.writing(parts)
        written = deque()  # which has room for that already
        if not self._stream.takes_more() or gettrace() is not None or not is_unwatched():
            return False  # what watches would run between the steps
        # (Where it is the first now, nothing was written since the system was asked.)
        if self._batches or self._alone or self.dead or not queue or queue[0] is not entry:
            return False
        self._alone = True
        try:
            written += writing
            self._begun = written[0]
            if self._begun != size:
                return False
            if queue:  # else the connection has ended meanwhile
                del queue[0]
            self._begun = 0
            return True
        except _FAILURES as exc:
            self._alone = False  # before anything is called
            trace = exc.__traceback__
            if trace is None or trace.tb_next is None:  # else it is a signal handler's
                self._broken()
            raise
        finally:
            self._alone = False

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
            self.flush()
        self._call(self._on_broken)

    def _write_batch(self):
        parts = []
        runs = []
        when_there_is_memory(self._take_batch, parts, runs)
        for run in runs:
            when_there_is_memory(self._call, run.credit.taken, run)
        try:
            self._stream.write_all(parts)
        except (OSError, MemoryError):  # the latter where it is not known what was written
            self._broken()
        if self._crowd.latches:
            when_there_is_memory(self._call, self._crowd.wake_all)

    def _take_batch(self, parts, runs):
        """Take frames off the queue, some at least."""
        queue = self.queue
        size = 0
        try:
            while queue and size < _BATCH_SIZE:
                entry = queue[0]
                if self._begun:
                    left = 1
                    some = (memoryview(b"".join(parts_of(entry)))[self._begun :],)
                elif type(entry) is Parts:
                    left = 1
                    if callable(entry.parts):
                        entry.parts = entry.parts()
                    some = entry.parts
                elif type(entry) is Run:
                    left = 1
                    some = entry.take()
                    runs.append(entry)
                else:
                    pieces = []
                    indexes = range(min(len(queue), _BATCH_FRAMES))  # others may append meanwhile
                    left = join_small(map(queue.__getitem__, indexes), pieces)
                    some = (b"".join(pieces),)
                size += sum(map(len, some))
                parts.extend(some)
                self._begun = 0
                while left:  # nothing takes memory from here on
                    queue.popleft()
                    left -= 1
        except MemoryError:
            if runs and queue and queue[0] is runs[-1]:
                del runs[-1]  # its turn comes again
            if not parts:
                raise

    def _call(self, func, *args):
        if self._hub_calls is None:
            func(*args)
        else:
            self._hub_calls.call_soon(func, *args)

    def _broken(self):
        if self.dead:
            return
        self.abandon()
        self._call(self._crowd.wake_all)
        ring(self._bell)  # and the writer thread tells of it: not while the write lock is held

    def is_idle(self):
        """Whether all that was sent before is written, or can't be."""
        return bool(self.dead) or not (self.queue or self._lock.locked())

    def flush(self):
        """Write what is queued, in the calling thread: the writer's, or one that ends all."""
        with self._lock:
            try:
                self._take_over()
                while self.queue and not self.dead:
                    self._write_batch()
            finally:
                self._batches = False

    def _take_over(self):
        """Let nobody write alone."""
        self._batches = True
        while self._alone:
            native_sleep(0)  # the system is taking it
