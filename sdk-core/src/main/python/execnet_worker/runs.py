"""Small items that follow each other on one channel, and wait together to be written."""

from marshal import dumps
from marshal import loads

from .encoding import LIST_HEAD_SIZE
from .encoding import MOST_OF_ITEMS
from .frames import MARSHAL_ITEMS
from .frames import pack_header
from .marshalling import VERSION
from .packing import join_items

_SHORTEST_RUN = 32  # items that there is to be room for, where more come
_LONGEST_RUN = 1024
_LARGEST_RUN = MOST_OF_ITEMS - LIST_HEAD_SIZE  # bytes
_ONE_SIZE = {b"i": int, b"g": float}  # by how they begin: the kinds of which all take as much


class Run:
    """An entry of the way out that more items of its channel may join, while it is the last there.

    Credit is set aside for as many as may be in it, so who adds one counts nothing. Where all are
    of a kind that takes as much each time, they are kept as they are, and encoded together; else
    their payloads are kept. Who adds one looks whether it may, and does, with no call between:
    where threads switch at calls alone, nobody takes it meanwhile.
    """

    __slots__ = (
        "channel_id",
        "outgoing",
        "kind",
        "items",
        "count",
        "most",
        "size",
        "room",
        "has_room",
        "on_taken",
    )

    def __init__(self, channel, payload, most, size, on_taken):
        """With a first item. There is credit for so many, and so many bytes."""
        self.channel_id = channel.id
        self.outgoing = channel._outgoing
        self.kind = _ONE_SIZE.get(payload[:1])
        most = min(most, _LONGEST_RUN, max(_SHORTEST_RUN, 4 * channel._run.count))
        size = min(size, _LARGEST_RUN)
        if self.kind is not None:
            most = min(most, size // len(payload))
            size = most * len(payload)
        self.items = [None] * most
        self.count = 0
        self.most = most  # none is added from there on
        self.size = size  # bytes that are set aside
        self.room = size - len(payload)  # for others, where they may differ in that
        self.on_taken = on_taken
        self.has_room = most > 1 and self.room > 0  # for more than the first
        if self.has_room:
            self.items[0] = payload if self.kind is None else loads(payload)
            self.count = 1

    def take(self):
        """What is written of it; nothing is added from now on."""
        self.most = 0
        items = self.items[: self.count]
        pieces = []
        if self.kind is None:
            join_items(pieces, self.channel_id, items)
        else:
            payload = dumps(items, VERSION)
            pieces += pack_header(MARSHAL_ITEMS, self.channel_id, len(payload)), payload
        return (b"".join(pieces),)

    def unused(self):
        """Items and bytes that were set aside in vain."""
        items = len(self.items) - self.count
        return items, self.room if self.kind is None else self.size // len(self.items) * items


class NoRun:
    """Where nothing can be added."""

    kind = None
    count = most = 0
