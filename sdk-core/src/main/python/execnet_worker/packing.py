"""Frames as they wait to be sent, and the bytes that are written of them."""

import struct

from .encoding import LIST_HEAD_SIZE
from .encoding import MOST_OF_ITEMS
from .frames import HEADER_SIZE
from .frames import MARSHAL_DATA
from .frames import MARSHAL_ITEMS
from .frames import pack_header

_ATOMIC_PAYLOAD = 4096 - HEADER_SIZE  # a pipe takes 4096 bytes as a whole or not at all
_pack_list_head = struct.Struct("<ci").pack


class Parts:
    """A frame that is not small, or what makes some, and how many bytes of it to wait for."""

    __slots__ = ("size", "parts")

    def __init__(self, size, parts):
        self.size = size
        self.parts = parts


def pack_frame(msgcode, channelid, payload):
    """A frame as it waits: as bytes where it is small, else as Parts.

    An item that may travel with others of its channel is (payload, channel id).
    """
    if msgcode == MARSHAL_ITEMS:
        return payload, channelid
    size = len(payload)
    header = pack_header(msgcode, channelid, size)
    return header + payload if size <= _ATOMIC_PAYLOAD else Parts(size, (header, payload))


def parts_of(entry):
    """What is written of one that waits, by itself."""
    kind = type(entry)
    if kind is bytes:
        return (entry,)
    if kind is tuple:
        payload, channelid = entry
        return (pack_header(MARSHAL_DATA, channelid, len(payload)) + payload,)
    return entry.parts


def join_small(entries, pieces):
    """Put together the first of these, up to any that is not small; how many that are."""
    payloads = []  # of items that follow each other on one channel
    channelid = None
    room = 0  # for more of them in one frame
    joined = 0
    for entry in entries:
        if type(entry) is tuple:
            payload = entry[0]
            room -= len(payload)
            if entry[1] != channelid or room < 0:
                join_items(pieces, channelid, payloads)
                channelid = entry[1]
                payloads = []
                room = MOST_OF_ITEMS - LIST_HEAD_SIZE - len(payload)
            payloads.append(payload)
        elif type(entry) is bytes:
            join_items(pieces, channelid, payloads)
            channelid = None
            payloads = []
            pieces.append(entry)
        else:
            break
        joined += 1
    join_items(pieces, channelid, payloads)
    return joined


def join_items(pieces, channelid, payloads):
    """Append the pieces of the one frame that these items of a channel go in."""
    if len(payloads) == 1:
        pieces.append(pack_header(MARSHAL_DATA, channelid, len(payloads[0])))
    elif payloads:
        size = LIST_HEAD_SIZE + sum(map(len, payloads))
        pieces.append(pack_header(MARSHAL_ITEMS, channelid, size))
        pieces.append(_pack_list_head(b"[", len(payloads)))
    pieces += payloads
