"""Payloads to values. Whatever the bytes are, the outcome is a value or a LoadError."""

import struct

from .bigints import digits_to_int
from .errors import LoadError

_INT32 = struct.Struct(">i").unpack_from
_FLOAT64 = struct.Struct(">d").unpack_from
_COMPLEX64 = struct.Struct(">dd").unpack_from
_HASH_DEPTH = 1000
_LIST_ITEM_SIZE = 7  # the least that an item takes: INT with its index, a value, SETITEM


def _text(data, py2str_as_py3str, py3str_as_py2str):
    return data.decode("utf-8")


def _py2_string(data, py2str_as_py3str, py3str_as_py2str):
    return data.decode("latin-1") if py2str_as_py3str else data


def _digits(data, py2str_as_py3str, py3str_as_py2str):
    return digits_to_int(data)


_SIZED = {0x48: _digits, 0x49: _digits, 0x4D: _py2_string, 0x53: _text}
_CONSTANTS = {0x43: False, 0x4C: None, 0x52: True}
_COLLECTIONS = {0x40: tuple, 0x45: frozenset, 0x4F: set}


def _check_hashable(key):
    """Refuse tuples nested so deeply that hashing, which recurses in C, could end the process.

    (Frozensets remember the hashes of what they hold.)
    """
    level = [key]
    for _ in range(_HASH_DEPTH):
        level = [item for part in level for item in part if type(item) is tuple]
        if not level:
            return
    raise LoadError("a key or set item is nested too deeply")


def _collect(stack, count, collection):
    if not 0 <= count <= len(stack):
        raise LoadError("%s of %d items, with %d at hand" % (collection, count, len(stack)))
    start = len(stack) - count
    items = stack[start:]
    del stack[start:]
    if collection is not tuple:
        for item in items:
            if type(item) is tuple:
                _check_hashable(item)
    stack.append(collection(items))


def _set_item(stack):
    if len(stack) < 3:
        raise LoadError("not enough items for setitem")
    value = stack.pop()
    key = stack.pop()
    container = stack[-1]
    if type(container) is dict:
        if type(key) is tuple:
            _check_hashable(key)
    elif type(container) is not list or type(key) is not int:
        raise LoadError("setitem on a %s" % type(container).__name__)
    container[key] = value


def _load(data, channel_for, py2str_as_py3str, py3str_as_py2str):
    stack = []
    push = stack.append
    position = 0
    list_items = len(data) // _LIST_ITEM_SIZE  # what all lists together can hold
    while True:
        opcode = data[position]
        position += 1
        if opcode == 0x46 or opcode == 0x47:  # INT, LONG
            push(_INT32(data, position)[0])
            position += 4
        elif opcode == 0x50:  # SETITEM
            _set_item(stack)
        elif opcode == 0x4E or opcode == 0x41 or opcode in _SIZED:  # PY3STRING, BYTES, others
            start = position + 4
            position = start + _INT32(data, position)[0]
            if not start <= position <= len(data):
                raise LoadError("the payload ends within an item")
            item = data[start:position]
            if opcode == 0x4E:
                push(item if py3str_as_py2str else item.decode("utf-8"))
            elif opcode == 0x41:
                push(item)
            else:
                push(_SIZED[opcode](item, py2str_as_py3str, py3str_as_py2str))
        elif opcode == 0x44:  # FLOAT
            push(_FLOAT64(data, position)[0])
            position += 8
        elif opcode in _CONSTANTS:
            push(_CONSTANTS[opcode])
        elif opcode == 0x4B:  # NEWLIST
            count = _INT32(data, position)[0]
            position += 4
            list_items -= count
            if count < 0 or list_items < 0:
                raise LoadError("a list longer than its payload")
            push([None] * count)
        elif opcode == 0x4A:  # NEWDICT
            push({})
        elif opcode in _COLLECTIONS:
            _collect(stack, _INT32(data, position)[0], _COLLECTIONS[opcode])
            position += 4
        elif opcode == 0x51:  # STOP
            if len(stack) != 1 or position != len(data):
                raise LoadError("the payload holds more or less than one value")
            return stack[0]
        elif opcode == 0x54:  # COMPLEX
            push(complex(*_COMPLEX64(data, position)))
            position += 16
        elif opcode == 0x42:  # CHANNEL
            push(channel_for(_INT32(data, position)[0]))
            position += 4
        else:
            raise LoadError(
                "unknown opcode %r - wire protocol corruption?" % data[position - 1 : position]
            )


def _no_channel(channel_id):
    raise LoadError("a channel, where there is no connection")


def loads_internal(data, channel_for=_no_channel, py2str_as_py3str=True, py3str_as_py2str=False):
    """The value of a channel item; channel_for(id) gives the channel of that id."""
    try:
        return _load(data, channel_for, py2str_as_py3str, py3str_as_py2str)
    except LoadError:
        raise
    except (IndexError, struct.error):
        raise LoadError("the payload ends too early, or an index is out of range") from None
    except RecursionError:
        raise LoadError("a key or set item is nested too deeply") from None
    except (ValueError, TypeError) as exc:
        raise LoadError(str(exc)) from None


def loads(data, py2str_as_py3str=True, py3str_as_py2str=False):
    """As loads_internal, with the version byte that files begin with."""
    if data[:1] not in (b"\x02", b"\x01"):
        raise LoadError("wrong dumpformat version %r" % data[:1])
    return loads_internal(data[1:], _no_channel, py2str_as_py3str, py3str_as_py2str)
