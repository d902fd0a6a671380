"""Items to frames, in the form that suits them and that the master reads."""

from marshal import dumps

from .dumping import dumps_internal
from .frames import BYTES_DATA
from .frames import CHANNEL_DATA
from .frames import HEADER_SIZE
from .frames import MARSHAL_DATA
from .frames import MARSHAL_ITEMS
from .marshalling import SURE
from .marshalling import VERSION
from .marshalling import dumps_marshalled

MOST_OF_ONE_ITEM = 4096 - HEADER_SIZE  # bytes, where others may travel with it
MOST_OF_ITEMS = 65536  # bytes of a payload with several
_LONGEST = 2147483647  # bytes of a payload
LIST_HEAD_SIZE = 5  # bytes of that before the first


def encode_item(item):
    """The type and the payload of its frame, in the form that every master reads."""
    return CHANNEL_DATA, dumps_internal(item)


def encode_marshalled(item):
    payload = dumps_marshalled(item)
    return encode_item(item) if payload is None else (MARSHAL_DATA, payload)


def encode_quickly(item):
    """As the others, where all forms are known. One that may travel with others is of that type."""
    kind = type(item)
    if kind in SURE:
        if kind is bytes and len(item) > MOST_OF_ONE_ITEM:
            return (BYTES_DATA, item) if len(item) <= _LONGEST else encode_item(item)
        payload = dumps(item, VERSION)
    else:
        payload = dumps_marshalled(item)
        if payload is None:
            return encode_item(item)
    return MARSHAL_ITEMS if len(payload) <= MOST_OF_ONE_ITEM else MARSHAL_DATA, payload
