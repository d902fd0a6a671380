"""Items to frames, in the form that suits them and that the master reads."""

import marshal

from .dumping import dumps_internal
from .frames import BYTES_DATA
from .frames import CHANNEL_DATA
from .frames import MARSHAL_DATA
from .marshalling import MARSHAL_VERSION
from .marshalling import NUMBERS
from .marshalling import dumps_marshalled

MOST_OF_ONE_ITEM = 4096  # bytes, where others may travel with it
MOST_OF_ITEMS = 65536  # bytes of a payload with several
LIST_HEAD_SIZE = 5  # bytes of that before the first


def encode_item(item):
    """The type and the payload of its frame, in the form that every master reads."""
    return CHANNEL_DATA, dumps_internal(item)


def encode_marshalled(item):
    payload = dumps_marshalled(item)
    return encode_item(item) if payload is None else (MARSHAL_DATA, payload)


def encode_quickly(item):
    """As the others, where all forms are known."""
    kind = type(item)
    if kind in NUMBERS:
        return MARSHAL_DATA, marshal.dumps(item, MARSHAL_VERSION)
    if kind is bytes and len(item) > MOST_OF_ONE_ITEM:
        return BYTES_DATA, item
    payload = dumps_marshalled(item)
    return encode_item(item) if payload is None else (MARSHAL_DATA, payload)
