"""Lending the stream: who waits for an item reads it, and a round trip needs no other thread."""

import os
from collections import deque
from sys import gettrace

from .errors import LoadError
from .frames import HEADER_SIZE
from .frames import MARSHAL_DATA
from .frames import pack_header
from .native import MOMENT
from .native import InputPoll
from .native import is_unwatched
from .native import native_sleep
from .native import new_lock
from .native import ring

_FEWEST_ALONE = 8  # items that come one at a time, before
_MOST_ALONE = 4096  # that many, where to lend was of no use
_LENT_SECONDS = 0.005
_ONE_READ = 65536
_os_read = os.read  # whatever executed code patches


class Lending:
    """Between the thread that receives, and the one that borrows the stream from it.

    It is lent while items come one at a time. It is given back with what is no such item, when
    nobody has read for a while, and when who has read waits for anything else or is through.

    Signal handlers run in who borrows, wherever that makes a call. They may raise exceptions: so
    what was read stays in the queue until it is all dealt with, and no call is between the steps of
    that. They may wait for what only the receiving thread brings: so it can always take back.
    """

    def __init__(self, stream):
        self._fd = stream.read_fd
        self._poll = InputPoll(stream.read_fd)
        self.lent = False
        self._over = False
        self._wanted = False
        self._alone = 0  # so many items have come one at a time
        self._patience = _FEWEST_ALONE
        self._chunks = deque()  # what was read by who borrows
        self._reads = 0
        self._busy = False  # somebody borrows
        self._turn = None  # to read: who takes the descriptor from it does that
        self._back = new_lock()  # rings when it is given back
        self._back.acquire()

    # In the thread that receives

    def came(self, frames):
        """These have come at once."""
        alone = len(frames) == 1 and frames[0][0] == MARSHAL_DATA
        self._alone = self._alone + 1 if alone else 0

    def lend(self):
        """Between frames: lend it if that is of use. What was read and not used, or None."""
        if self._alone < self._patience or not self._wanted or not is_unwatched():
            return None
        self._alone = 0
        self._wanted = False
        self._back.acquire(False)  # it may have been given back twice
        before = reads = self._reads
        self.lent = True
        while not self._back.acquire(True, _LENT_SECONDS) and reads != self._reads:
            reads = self._reads
        self.lent = False
        turn = self._turn
        if not self._take_turn():  # then that is not for long
            while self._turn is turn and not self._chunks:
                native_sleep(MOMENT)
        self._turn = None
        useful = self._reads - before > _FEWEST_ALONE
        self._patience = 1 if useful else min(2 * self._patience, _MOST_ALONE)
        if self._over:
            return b""
        try:
            return self._chunks.popleft()
        except IndexError:
            return None

    # In others

    def give_back(self):
        """Who calls this waits for something else, or has ended."""
        if self.lent:
            ring(self._back)

    def end(self):
        """The descriptor is about to be closed."""
        self._over = True
        self._take_turn()
        ring(self._back)

    def _take_turn(self):
        """Whether nobody who borrows reads now, nor will."""
        turn = self._turn
        return turn is None or next(turn, None) is not None

    def read(self, channel, seconds):
        """Wait a little for what comes next. Whether it was an item of that channel, taken in."""
        self._wanted = True
        if not self.lent or gettrace() is not None:
            return False
        turn = iter((self._fd,))
        reading = map(_os_read, turn, (_ONE_READ,))
        done = False
        # Here are no calls, so there is one who borrows.
        if not self.lent or self._over or self._busy or self._chunks:
            return False
        self._busy = True
        self._turn = turn
        try:
            self._reads += 1
            if self._poll.wait(_LENT_SECONDS if seconds is None else min(seconds, _LENT_SECONDS)):
                self._chunks.extend(reading)
                done = self._take_in(channel)
        except OSError as exc:
            if exc.__traceback__.tb_next is not None:
                raise  # it is a signal handler's
        finally:
            if self._turn is turn:
                self._turn = None
            self._busy = False
            if not done:
                self.give_back()
        return done

    def _take_in(self, channel):
        try:
            chunk = self._chunks[0]
        except IndexError:
            return False  # it was taken back
        incoming = channel._incoming
        receiving = channel.gateway._receiving
        size = len(chunk) - HEADER_SIZE
        if chunk[:HEADER_SIZE] != pack_header(MARSHAL_DATA, channel.id, size):
            return False
        try:
            payload = chunk[HEADER_SIZE:]
            item = channel.gateway._channelfactory.load(payload, channel._strconfig, MARSHAL_DATA)
        except LoadError:
            return False  # whose matter that is will find it again
        if not receiving.has_room(incoming, size):
            return False
        callbacks = channel.gateway._channelfactory.callbacks  # also of an earlier Channel
        frames, queue, chunks = incoming.frames, incoming.queue, self._chunks
        arrived = (incoming.arrived[0] + 1, incoming.arrived[1] + size)
        total = receiving.arrived + size
        new_frames, new_items = iter((arrived,)), iter((item,))
        if arrived[1] >= incoming.due_size:
            incoming.due = 0
        # From here on there is no call.
        if not chunks or chunks[0] is not chunk:
            return False
        if channel._ended or channel._callback is not None or channel.id in callbacks:
            return False
        frames += new_frames
        queue += new_items
        incoming.arrived = arrived
        receiving.arrived = total
        del chunks[0]
        self._turn = None
        return True

    def after_fork(self):
        """In a child process, where nobody lends."""
        self.lent = False
        self._take_turn()
