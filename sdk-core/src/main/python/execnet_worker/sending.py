"""Credit for what is sent: items wait here until the master takes them."""

import struct
from collections import OrderedDict
from collections import deque
from sys import gettrace

from .encoding import LIST_HEAD_SIZE
from .encoding import MOST_OF_ITEMS
from .encoding import MOST_OF_ONE_ITEM
from .errors import ProtocolError
from .frames import CREDIT
from .frames import MARSHAL_ITEMS
from .memory import when_there_is_memory
from .native import MOMENT
from .native import is_unwatched
from .native import native_sleep
from .native import new_lock
from .native import snapshot
from .packing import pack_frame
from .runs import NoRun
from .runs import Run
from .runs import number_kind

_unpack_grant = struct.Struct(">ii").unpack
_SHORTEST_RUN = 4  # items that there is to be room for
_LONGEST_RUN = 1024
_SHARE = 8  # of the bytes that may still go on all channels, one such part at most is for a run


class Outgoing:
    """What was sent on a channel and not credited, and who waits to send more there."""

    __slots__ = ("items", "size", "waiting")

    def __init__(self):
        self.items = 0
        self.size = 0
        self.waiting = deque()


class _Turn:
    """One frame that has to wait for credit, and how far that has come."""

    __slots__ = ("channel", "frame", "size", "event", "sent")

    def __init__(self, channel, frame, size):
        self.channel = channel
        self.frame = frame
        self.size = size
        self.event = None
        self.sent = False


class SendingCredit:
    """Lets items go while few enough are outstanding, on their channel and in all.

    They go in the order in which they are counted, as the master counts them when they arrive. So
    whoever brings credit also sends the item that had to wait for it, and wakes up no other
    sender. An exception of a signal handler comes before both or after both: no call is between.

    The lock keeps apart those who count. Where threads switch at calls alone, who sends counts
    without it, so that no signal handler finds it held. That is so where nobody watches each line,
    and in a thread that nobody traces; it keeps away while others, which may be, are at the counts.
    """

    def __init__(self, limits, execmodel, interrupts, outbox):
        self._items, self._bytes, self._total = limits
        self._execmodel = execmodel
        self._interrupts = interrupts
        self._outbox = outbox
        self._queue = outbox.queue
        self._lock = new_lock()
        self._changing = False  # who holds that is at the counts
        self.unwatched = is_unwatched()
        self._outstanding = 0  # bytes on all channels, those that have ended too
        self._held = OrderedDict()  # the Outgoing where the first who waits lacks the total alone

    def send(self, channel, msgcode, payload):
        outbox = self._outbox
        if outbox.dead or outbox.pid is not None:
            outbox.check()
        size = len(payload)
        quick = self.unwatched and gettrace() is None
        if quick and msgcode == MARSHAL_ITEMS:
            run = channel._run
            queue = self._queue
            # Nothing is called from here on.
            count = run.count
            if (
                count < run.most
                and run.kind is None
                and size <= run.room
                and queue
                and queue[-1] is run
                and not channel._closed
            ):
                more = count + 1
                room = run.room - size
                run.items[count] = payload
                run.count = more
                run.room = room
                return
            if queue and self._begin_run(channel, payload):
                return
        frame = pack_frame(msgcode, channel.id, payload)
        # Made here, as that may begin to collect garbage, and finalizers send.
        entries = iter((frame,))
        count = self._count if quick else self._count_locked
        try:
            if not count(channel, entries, size):
                self._wait(_Turn(channel, frame, size))
            outbox.push(frame, bool(channel._items))
        except BaseException:
            outbox.wake()
            raise

    def _begin_run(self, channel, payload):
        """Queue it as the first of some, where it follows several; whether it was so."""
        last = self._outbox.last_items_of(channel.id)
        if last is None or channel._received:  # the credit of the latter may be for another's items
            return False
        outgoing = channel._outgoing
        most = min(
            self._items - outgoing.items, _LONGEST_RUN, max(_SHORTEST_RUN, 4 * channel._run.count)
        )
        size = min(
            self._bytes - outgoing.size,
            (self._total - self._outstanding) // _SHARE,
            most * MOST_OF_ONE_ITEM,
            MOST_OF_ITEMS - LIST_HEAD_SIZE,
        )
        kind = number_kind(payload)
        if kind is not (last.kind if type(last) is Run else number_kind(last[0])):
            kind = None
        if kind is not None:
            most = min(most, size // len(payload))
            size = most * len(payload)
        if most < 2 or size <= len(payload):
            return False
        run = Run(channel, self, kind, payload, most, size)
        entries = iter((run,))
        try:
            if not self._count(channel, entries, size, ahead=most - 1, bytes_ahead=size - 1):
                return False
            self._outbox.push(run)
        except BaseException:
            self._outbox.wake()
            raise
        channel._run = run
        return True

    def _count_locked(self, channel, entries, size, turn=None):
        with self._lock:
            try:
                self._changing = True
                return self._count(channel, entries, size, turn, True)
            finally:
                self._changing = False

    def _count(self, channel, entries, size, turn=None, locked=False, ahead=0, bytes_ahead=0):
        """Count and queue it, if it may go, also after so much more. There is no call in here.

        Whether it was so; None where others are at the counts.
        """
        queue = self._queue
        outgoing = channel._outgoing
        items = outgoing.items
        if turn is not None and turn.sent:
            return True
        if self._changing and not locked:
            return None
        if (
            items + ahead >= self._items
            or outgoing.size + bytes_ahead >= self._bytes
            or (self._outstanding + bytes_ahead >= self._total and (items or ahead))
            or channel._closed
            or (turn is None and outgoing.waiting)
        ):
            return False
        # First what takes memory.
        items += 1 + ahead
        sum_of_sizes = outgoing.size + size
        outstanding = self._outstanding + size
        queue += entries
        outgoing.items = items
        outgoing.size = sum_of_sizes
        self._outstanding = outstanding
        if turn is not None:
            turn.sent = True
        return True

    def _wait(self, turn):
        """Line up, to be sent by who brings credit, or by ourselves where there is some by now."""
        channel = turn.channel
        channel._run = NoRun  # nobody is to overtake it there
        try:
            channel._outgoing.waiting.append(turn)
            while True:
                turn.event = self._execmodel.Latch()
                if turn.sent:
                    return
                if channel._closed:
                    raise channel._cannot_send()
                if self._go(turn) is False:
                    self._outbox.wake()  # for what who is below a signal handler has queued
                    self._interrupts.wait_for(turn.event)
        finally:
            self._leave(turn)

    def _go(self, turn):
        """Send what may go by now of those that wait on its channel, up to it.

        False where it has to wait. Who is first may be below the signal handler that is here.
        """
        outgoing = turn.channel._outgoing
        self._held[outgoing] = None  # before looking at the total, as who frees some looks here
        while not turn.sent:
            first = _first(outgoing.waiting)
            count = self._count if self.unwatched and gettrace() is None else self._count_locked
            sent = first and count(first.channel, iter((first.frame,)), first.size, first)
            if sent is None:
                native_sleep(MOMENT)  # others are at the counts, or have just sent this one
            if not sent:
                return sent
            _wake(first)
            _remove(outgoing.waiting, first)
        _wake(_first(outgoing.waiting))  # it may go too
        return True

    def _leave(self, turn):
        turn.sent = True  # or given up
        waiting = turn.channel._outgoing.waiting
        if _remove(waiting, turn):
            _wake(_first(waiting))  # it may go by now

    # In the thread that receives

    def _advance(self, outgoing):
        """Let go who may, of those that wait to send on one channel."""
        turn = _first(outgoing.waiting)
        while turn is not None:
            entries = iter((turn.frame,))
            if not self._count(turn.channel, entries, turn.size, turn, True):
                break
            _wake(turn)
            _remove(outgoing.waiting, turn)
            turn = _first(outgoing.waiting)
        self._outbox.wake()  # who has sent that may be below a signal handler
        if outgoing.waiting and self._outstanding >= self._total:
            self._held[outgoing] = None

    def _release(self, outgoing, items, size):
        outgoing.items -= items
        outgoing.size -= size
        self._release_total(size)
        self._advance(outgoing)

    def _release_total(self, size):
        self._outstanding -= size
        self._advance_held()

    def _advance_held(self):
        while self._held and self._outstanding < self._total:
            try:
                outgoing, _ = self._held.popitem(last=False)
            except (KeyError, RuntimeError):
                continue  # others are at it too
            self._advance(outgoing)

    def credit(self, channel_id, channel, payload):
        """The master has taken something; of a channel that has ended, the bytes alone count."""
        if len(payload) != 8:
            raise ProtocolError("a frame of type %d without two ints in it" % CREDIT)
        items, size = _unpack_grant(payload)
        if items < 0 or size < 0:
            raise ProtocolError(
                "credit for %d items and %d bytes on channel %d" % (items, size, channel_id)
            )
        self.unwatched = is_unwatched()
        self._change(self._credit, channel_id, channel, items, size)

    def taken(self, run):
        """Nothing can be added to it any more: what it has set aside in vain is free again."""
        when_there_is_memory(self._change, self._give_back, run)

    def _give_back(self, run):
        items, size = run.unused()
        outgoing = run.outgoing
        items = outgoing.items - items
        size_there = outgoing.size - size
        size_in_all = self._outstanding - size
        if run.items is not None:  # else there was no memory for what follows that
            run.items = None
            outgoing.items = items
            outgoing.size = size_there
            self._outstanding = size_in_all
        self._advance_held()
        self._advance(outgoing)

    def _change(self, function, *args):
        with self._lock:
            try:
                self._changing = gettrace() is not None
                function(*args)
            finally:
                self._changing = False

    def _credit(self, channel_id, channel, items, size):
        if size > self._outstanding:
            raise ProtocolError(
                "credit for %d bytes on channel %d, where %d are outstanding in all"
                % (size, channel_id, self._outstanding)
            )
        if channel is None:
            self._release_total(size)
            return
        outgoing = channel._outgoing
        if items > outgoing.items or size > outgoing.size:
            if not channel._received:
                raise ProtocolError(
                    "credit for %d items and %d bytes on channel %d, where %d and %d are"
                    " outstanding" % (items, size, channel_id, outgoing.items, outgoing.size)
                )
            # An earlier Channel of that id was dropped here, and this is its credit.
            all_items, all_size = outgoing.items, outgoing.size  # both grow meanwhile
            self._release_total(max(0, size - all_size))
            items = min(items, all_items)
            size = min(size, all_size)
        self._release(outgoing, items, size)

    def after_fork(self):
        """In a child process, where whoever held that is gone."""
        self._lock = new_lock()
        self._changing = False

    def closed(self, channel):
        """Nothing can be sent there any more: wake up who waits to."""
        if self._changing or not self.unwatched or gettrace() is not None:
            with self._lock:
                pass  # what is counted and queued at this moment goes before the end
        waiting = channel._outgoing.waiting
        if waiting:
            for turn in when_there_is_memory(snapshot, waiting):
                _wake(turn)
        self._held.pop(channel._outgoing, None)


def _first(turns):
    try:
        return turns[0]
    except IndexError:
        return None


def _wake(turn):
    if turn is not None and turn.event is not None:
        turn.event.set()


def _remove(turns, turn):
    """Whether it was still there."""
    try:
        turns.remove(turn)
        return True
    except ValueError:
        return False
