"""Small items that follow each other on one channel, and wait together to be written."""

from marshal import dumps
from marshal import loads

from .frames import MARSHAL_ITEMS
from .frames import pack_header
from .marshalling import VERSION
from .packing import join_items

_ONE_SIZE = {b"i": int, b"g": float}  # by how they begin: the kinds of which all take as much


def number_kind(payload):
    """Of an item that takes as much as all of its kind; None where it is no such."""
    return _ONE_SIZE.get(payload[:1])


class Run:
    """An entry of the way out that more items of its channel may join, while it is the last there.

    Credit is set aside for as many as may be in it, so who adds one counts nothing. Where it is for
    one kind of numbers they are kept as they are, and encoded together; else it keeps payloads. Who
    adds one looks whether it may, and does, with no call between: where threads switch at calls
    alone, nobody takes it meanwhile.
    """

    __slots__ = (
        "channel_id",
        "outgoing",
        "credit",
        "kind",
        "items",
        "count",
        "most",
        "room",
        "set_aside",
        "_size",
    )

    def __init__(self, channel, credit, kind, payload, most, size):
        """With a first item. So many may be in it, of so many bytes."""
        self.channel_id = channel.id
        self.outgoing = channel._outgoing
        self.credit = credit
        self.kind = kind
        self.items = [None] * most
        self.items[0] = payload if kind is None else loads(payload)
        self.count = 1
        self.most = self.set_aside = most  # none is added from the former on
        self._size = len(payload)
        self.room = size - self._size  # bytes for more of them, where they differ in that

    def take(self):
        """What is written of it; nothing is added from now on. May be repeated."""
        self.most = 0
        items = self.items[: self.count]
        pieces = []
        if self.kind is None:
            join_items(pieces, self.channel_id, items)
        elif len(items) == 1:
            join_items(pieces, self.channel_id, [dumps(items[0], VERSION)])
        else:
            payload = dumps(items, VERSION)
            pieces += pack_header(MARSHAL_ITEMS, self.channel_id, len(payload)), payload
        return (b"".join(pieces),)

    def unused(self):
        """Items and bytes that were set aside in vain."""
        items = self.set_aside - self.count
        return items, self.room if self.kind is None else self._size * items


class NoRun:
    """Where nothing can be added."""

    kind = None
    count = most = 0
