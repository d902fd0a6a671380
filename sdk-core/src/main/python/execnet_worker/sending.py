"""Credit for what is sent: items wait here until the master takes them."""

import struct
from collections import OrderedDict
from collections import deque

from .errors import ProtocolError
from .frames import CREDIT
from .native import new_lock
from .packing import pack_frame

_unpack_grant = struct.Struct(">ii").unpack


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

    def __init__(self, channel, frame, size, event):
        self.channel = channel
        self.frame = frame
        self.size = size
        self.event = event
        self.sent = False


class SendingCredit:
    """Lets items go while few enough are outstanding, on their channel and in all.

    They go in the order in which they are counted, as the master counts them when they arrive. So
    whoever brings credit also sends the item that had to wait for it, and wakes up no other
    sender. An exception of a signal handler comes before both or after both: no call is between.
    """

    def __init__(self, limits, execmodel, interrupts, outbox):
        self._items, self._bytes, self._total = limits
        self._execmodel = execmodel
        self._interrupts = interrupts
        self._outbox = outbox
        self._lock = new_lock()
        self._outstanding = 0  # bytes on all channels, those that have ended too
        self._held = OrderedDict()  # the Outgoing where the first who waits lacks the total alone

    def send(self, channel, msgcode, payload):
        outbox = self._outbox
        if outbox.dead or outbox.pid is not None:
            outbox.check()
        outgoing = channel._outgoing
        size = len(payload)
        frame = pack_frame(msgcode, channel.id, payload)
        queue = outbox.queue
        sent = False
        try:
            with self._lock:
                items = outgoing.items
                if (
                    items < self._items
                    and outgoing.size < self._bytes
                    and (self._outstanding < self._total or not items)
                    and not outgoing.waiting
                    and not channel._closed
                ):
                    # First what takes memory; then nothing can come between.
                    items += 1
                    sum_of_sizes = outgoing.size + size
                    outstanding = self._outstanding + size
                    queue += (frame,)
                    outgoing.items = items
                    outgoing.size = sum_of_sizes
                    self._outstanding = outstanding
                    sent = True
            if not sent:
                self._wait(_Turn(channel, frame, size, self._execmodel.Latch()))
            outbox.push(frame)
        except BaseException:
            outbox.wake()
            raise

    def _wait(self, turn):
        try:
            self._line_up(turn)
            self._interrupts.wait_for(turn.event)
            if not turn.sent:
                raise turn.channel._cannot_send()
        except BaseException:
            self._withdraw(turn)
            raise

    def _line_up(self, turn):
        self._outbox.check()
        outgoing = turn.channel._outgoing
        with self._lock:
            if turn.channel._closed:
                raise turn.channel._cannot_send()
            outgoing.waiting.append(turn)
            if len(outgoing.waiting) == 1:
                self._advance(outgoing)  # there may be room by now; if not, it says what it lacks

    def _has_room(self, outgoing):
        if outgoing.items >= self._items or outgoing.size >= self._bytes:
            return False
        return self._outstanding < self._total or not outgoing.items

    def _advance(self, outgoing):
        """Let go who may, of those that wait to send on one channel."""
        queue = self._outbox.queue
        while outgoing.waiting and (outgoing.waiting[0].sent or self._has_room(outgoing)):
            turn = outgoing.waiting[0]
            if not turn.sent:
                items = outgoing.items + 1
                size = outgoing.size + turn.size
                outstanding = self._outstanding + turn.size
                queue += (turn.frame,)
                outgoing.items = items
                outgoing.size = size
                self._outstanding = outstanding
                turn.sent = True
            turn.event.set()
            outgoing.waiting.popleft()
        if outgoing.waiting and outgoing.items < self._items and outgoing.size < self._bytes:
            self._held[outgoing] = None
        else:
            self._held.pop(outgoing, None)

    def _release(self, outgoing, items, size):
        outgoing.items -= items
        outgoing.size -= size
        self._release_total(size)
        self._advance(outgoing)

    def _release_total(self, size):
        self._outstanding -= size
        while self._held and self._outstanding < self._total:
            self._advance(self._held.popitem(last=False)[0])

    def _withdraw(self, turn):
        outgoing = turn.channel._outgoing
        with self._lock:
            if turn in outgoing.waiting:
                outgoing.waiting.remove(turn)
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
        with self._lock:
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
                self._release_total(max(0, size - outgoing.size))
                items = min(items, outgoing.items)
                size = min(size, outgoing.size)
            self._release(outgoing, items, size)

    def closed(self, channel):
        """Nothing can be sent there any more: wake up who waits to."""
        with self._lock:
            waiting = channel._outgoing.waiting
            while waiting:
                waiting[0].event.set()  # removed after that, lest an interrupt forgets it
                waiting.popleft()
            self._held.pop(channel._outgoing, None)
