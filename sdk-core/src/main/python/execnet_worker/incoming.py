"""Credit for what is received: the master may send more as items are taken here."""

import struct
from collections import deque
from functools import partial

from .errors import ProtocolError
from .frames import CREDIT
from .frames import pack_header
from .memory import when_there_is_memory
from .native import snapshot

_pack_grant = struct.Struct(">ii").pack
_MOST_AT_ONCE = 2147483647


class Incoming:
    """What came in on a channel, and waits to be taken.

    What was taken is not counted, but seen from what is still here. So it stays right where an
    exception interrupts who takes, and finalizers can drop items without a lock.
    """

    __slots__ = (
        "channel_id",
        "queue",
        "arrived",
        "frames",
        "base",
        "credited",
        "due",
        "due_size",
        "over",
        "written_off",
    )

    def __init__(self, channel_id):
        self.channel_id = channel_id
        self.queue = deque()
        self.arrived = (0, 0)  # items and bytes; set by the thread that receives
        self.frames = deque()  # what had arrived with each, since the last that was taken and is:
        self.base = (0, 0)  # set by the thread that writes
        self.credited = (0, 0)  # likewise
        self.due = 0  # whoever takes so many has to look whether credit is due
        self.due_size = 0  # as has who takes the items that bring it to so many bytes
        self.over = False  # nothing more will come
        self.written_off = False  # what is still here counts as taken

    def put(self, items, size):
        """The items of one frame."""
        before, bytes_before = self.arrived
        self.queue.extend(items)
        arrived = (before + len(items), bytes_before + size)
        self.frames.append(arrived)
        if arrived[1] >= self.due_size:
            self.due = 0
        self.arrived = arrived

    def unread(self):
        """What is still here, in items and bytes, more or less."""
        items = len(self.queue)
        arrived, size = self.arrived
        return items, size - self.size_of(arrived - items)

    def taken(self):
        """How many items were taken, at least."""
        arrived = self.arrived[0]  # asked first: what comes meanwhile was not taken
        return arrived if self.written_off else arrived - len(self.queue)

    def size_of(self, items):
        """The bytes of so many; those of one frame count as equally long."""
        before, size = self.base
        for frame in snapshot(self.frames):
            if frame[0] >= items:
                if items > before:
                    size += (frame[1] - size) * (items - before) // (frame[0] - before)
                break
            before, size = frame
        return size


class ReceivingCredit:
    """Checks that the master keeps to its limits, and gives it credit in portions.

    Each number has one thread that sets it, and what is to be credited is worked out right
    before it is written, so nobody here ever waits.
    """

    def __init__(self, limits, outbox):
        self._items, self._bytes, self._total = limits
        self._half_items, self._half_bytes, self._half_total = [(n + 1) // 2 for n in limits]
        self._outbox = outbox
        self.arrived = 0  # bytes on all channels; set by the thread that receives
        self._credited = 0  # set by the one that writes
        self._kept = {}  # each Incoming of which something may have been taken and not credited

    def has_room(self, incoming, size):
        """Whether an item would be within all limits, and far from that of all channels."""
        items, before = incoming.arrived
        return (
            self.arrived + size - self._credited < self._half_total
            and items - incoming.credited[0] < self._items
            and before - incoming.credited[1] < self._bytes
        )

    def _is_relaxed(self):
        return self.arrived - self._credited < self._half_total

    def admit(self, incoming, count, size):
        """So many items have come in, with one frame."""
        items, arrived = incoming.arrived
        items -= incoming.credited[0]
        if items + count > self._items:
            raise _too_much(incoming, "items", self._items)
        if arrived - incoming.credited[1] >= self._bytes:
            raise _too_much(incoming, "bytes", self._bytes)
        if items and self.arrived - self._credited >= self._total:
            raise _too_much(incoming, "bytes on all channels", self._total)
        self.arrived += size
        if self.arrived - self._credited >= self._half_total and self._kept:
            when_there_is_memory(self._outbox.post_when_written, self._give_all)

    def counted(self, incoming):
        """Items were put there. Some may have been taken before that."""
        if incoming.taken() > incoming.credited[0]:
            self.taken(incoming)

    def taken(self, incoming):
        """An item was taken."""
        if (
            incoming.arrived[0] - len(incoming.queue) >= incoming.due
            or (incoming.over and not incoming.queue)
            or self.arrived - self._credited >= self._half_total
        ):
            self.look(incoming)

    def look(self, incoming):
        """Something may have been taken for which credit is due."""
        self._kept[incoming] = None  # before looking at what has arrived: see admit()
        items, size = incoming.credited
        taken = incoming.taken()
        if taken > items and (
            taken - items >= self._half_items
            or (incoming.over and not incoming.queue)
            or not self._is_relaxed()
            or incoming.size_of(taken) - size >= self._half_bytes
        ):
            try:
                incoming.due = taken + self._half_items  # until it is given
                self._outbox.post_when_written(partial(self._give, incoming))
            except BaseException:
                incoming.due = 0
                raise
        else:
            try:
                self._work_out_due(incoming, items, size)
            except BaseException:
                incoming.due = 0
                raise
        self._kept[incoming] = None  # again: what was credited meanwhile is not there any more
        if incoming.taken() > incoming.credited[0]:
            if not self._is_relaxed():
                self._outbox.post_when_written(partial(self._give, incoming))
        elif incoming.over:
            self._kept.pop(incoming, None)

    def _work_out_due(self, incoming, items, size):
        """When to look again."""
        incoming.due = items + self._half_items  # before looking at the frames: see put()
        incoming.due_size = size = size + self._half_bytes
        for frame in snapshot(incoming.frames):
            if frame[1] >= size:
                incoming.due = min(incoming.due, items + 1)
                break
            items = frame[0]

    def drop(self, channel_id, count, size):
        """Items that were admitted are for nobody."""
        dropped = Incoming(channel_id)
        dropped.arrived = (count, size)
        dropped.frames.append(dropped.arrived)
        self._outbox.post_when_written(partial(self._give, dropped))

    def ended(self, incoming):
        """Nothing more comes there. Also for finalizers."""
        incoming.over = True
        if incoming.taken() > incoming.credited[0]:
            self._outbox.post_when_written(partial(self._give, incoming))
        else:
            self._kept.pop(incoming, None)

    def _give_all(self):
        for incoming in list(self._kept):
            self._outbox.post_when_written(partial(self._give, incoming))
            self._kept.pop(incoming, None)  # what is taken until then is in it
        return ()

    def _give(self, incoming):
        """The frames that credit what was taken of it."""
        incoming.due = 0  # first: who takes from now on looks, and keeps it here again
        self._kept.pop(incoming, None)
        credited_items, credited_size = incoming.credited
        taken = max(incoming.taken(), credited_items)
        credited = (taken, incoming.size_of(taken))
        items, size = taken - credited_items, credited[1] - credited_size
        credited_in_all = self._credited + size
        while incoming.frames and incoming.frames[0][0] <= taken:
            incoming.base = incoming.frames[0]
            incoming.frames.popleft()
        frames = []
        while size > 0 or items > 0:
            part = min(size, _MOST_AT_ONCE)
            frames.append(pack_header(CREDIT, incoming.channel_id, 8) + _pack_grant(items, part))
            items = 0
            size -= part
        incoming.credited = credited  # last: without memory for it, this is called again
        self._credited = credited_in_all
        return frames


def _too_much(incoming, what, limit):
    return ProtocolError(
        "data on channel %d beyond the limit of %d %s" % (incoming.channel_id, limit, what)
    )
