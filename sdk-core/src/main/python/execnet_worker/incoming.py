"""Credit for what is received: the master may send more as items are taken here."""

import struct
from collections import deque
from functools import partial

from .errors import ProtocolError
from .frames import CREDIT
from .frames import pack_header
from .memory import when_there_is_memory

_pack_grant = struct.Struct(">ii").pack
_MOST_AT_ONCE = 2147483647


class Incoming:
    """What came in on a channel, and waits to be taken.

    What was taken is not counted, but seen from what is still here. So it stays right where an
    exception interrupts who takes, and finalizers can drop items without a lock.
    """

    __slots__ = ("channel_id", "queue", "arrived", "credited", "due", "over", "written_off")

    def __init__(self, channel_id):
        self.channel_id = channel_id
        self.queue = deque()  # of (item, what had arrived before it, and with it)
        self.arrived = (0, 0)  # items and bytes; set by the thread that receives
        self.credited = (0, 0)  # set by the one that writes
        self.due = (0, 0)  # whoever takes so much, of either, has to look whether credit is due
        self.over = False  # nothing more will come
        self.written_off = False  # what is still here counts as taken

    def put(self, item, size):
        before = self.arrived
        arrived = (before[0] + 1, before[1] + size)
        self.queue.append((item, before, arrived))
        self.arrived = arrived

    def unread(self):
        """What is still here, in items and bytes, more or less."""
        queue = list(self.queue)
        return len(queue), (self.arrived[1] - queue[0][1][1] if queue else 0)

    def taken(self):
        """What was taken, in items and bytes."""
        taken = self.arrived  # asked first: what comes meanwhile was not taken
        try:
            if not self.written_off:
                taken = self.queue[0][1]
        except IndexError:
            pass
        return taken

    def uncredited(self):
        """What was taken and not credited, in items and bytes."""
        items, size = self.taken()
        credited_items, credited_size = self.credited
        return items - credited_items, size - credited_size


class ReceivingCredit:
    """Checks that the master keeps to its limits, and gives it credit in portions.

    Each number has one thread that sets it, and what is to be credited is worked out right
    before it is written, so nobody here ever waits.
    """

    def __init__(self, limits, outbox):
        self._items, self._bytes, self._total = limits
        self._half_items, self._half_bytes, self._half_total = [(n + 1) // 2 for n in limits]
        self._outbox = outbox
        self._arrived = 0  # bytes on all channels; set by the thread that receives
        self._credited = 0  # set by the one that writes
        self._kept = {}  # each Incoming of which something may have been taken and not credited

    def _is_relaxed(self):
        return self._arrived - self._credited < self._half_total

    def admit(self, incoming, size):
        """An item has come in."""
        items, arrived = incoming.arrived
        items -= incoming.credited[0]
        if items >= self._items:
            raise _too_much(incoming, "items", self._items)
        if arrived - incoming.credited[1] >= self._bytes:
            raise _too_much(incoming, "bytes", self._bytes)
        if items and self._arrived - self._credited >= self._total:
            raise _too_much(incoming, "bytes on all channels", self._total)
        self._arrived += size
        if self._arrived - self._credited >= self._half_total and self._kept:
            when_there_is_memory(self._outbox.post_when_written, self._give_all)

    def taken(self, incoming, arrived):
        """An item was taken; so much had arrived with it."""
        self._kept[incoming] = None  # before looking at what has arrived: see admit()
        items, size = incoming.due
        if (
            arrived[0] >= items
            or arrived[1] >= size
            or incoming.over
            or self._arrived - self._credited >= self._half_total
        ):
            self.look(incoming)

    def look(self, incoming):
        """Something may have been taken for which credit is due."""
        self._kept[incoming] = None
        counted, credited = incoming.taken(), incoming.credited
        items, size = counted[0] - credited[0], counted[1] - credited[1]
        if items > 0 and (
            items >= self._half_items
            or size >= self._half_bytes
            or (incoming.over and not incoming.queue)
            or not self._is_relaxed()
        ):
            self._outbox.post_when_written(partial(self._give, incoming))
            credited = counted
        incoming.due = (credited[0] + self._half_items, credited[1] + self._half_bytes)

    def drop(self, channel_id, size):
        """An item that was admitted is for nobody."""
        dropped = Incoming(channel_id)
        dropped.arrived = (1, size)
        self._outbox.post_when_written(partial(self._give, dropped))

    def ended(self, incoming):
        """Nothing more comes there. Also for finalizers."""
        incoming.over = True
        if incoming.uncredited()[0] > 0:
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
        self._kept.pop(incoming, None)
        items, size = incoming.uncredited()
        credited_items, credited_size = incoming.credited
        credited = (credited_items + items, credited_size + size)
        credited_in_all = self._credited + size
        frames = []
        while size > 0:
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
