"""Values to payloads.

A container writes its items until it meets one that is a container too; that one then goes on
top of an explicit stack. So the depth of a value costs no Python stack, wherever send() is called.
"""

import struct

from .bigints import int_to_digits
from .errors import DumpError

MAX_DEPTH = 1000

_HEAD = struct.Struct(">ci").pack  # an opcode with a count, a length or an int
_FLOAT = struct.Struct(">cd").pack
_COMPLEX = struct.Struct(">cdd").pack
_STOP = b"Q"
_SETITEM = b"P"


def _dump_int(value):
    if -2147483648 <= value <= 2147483647:
        return _HEAD(b"F", value)
    digits = int_to_digits(value)
    return _HEAD(b"H", len(digits)) + digits


def _dump_str(value):
    data = value.encode("utf-8")
    return _HEAD(b"N", len(data)) + data


# What can be written in one go, by exact type: a subclass would not arrive as what it is.
_LEAVES = {
    type(None): lambda value: b"L",
    bool: lambda value: b"R" if value else b"C",
    int: _dump_int,
    float: lambda value: _FLOAT(b"D", value),
    complex: lambda value: _COMPLEX(b"T", value.real, value.imag),
    bytes: lambda value: _HEAD(b"A", len(value)) + value,
    str: _dump_str,
}
_leaf_writer = _LEAVES.get


def register_channel_type(channel_type):
    """Channels are values too; their class is defined further on."""
    _LEAVES[channel_type] = lambda channel: _HEAD(b"B", channel.id)


class _ListWriter:
    """Each writer's step() writes items up to one that is a container, and returns that."""

    def __init__(self, value, add):
        snapshot = value[:]  # other threads may change the list meanwhile
        self.value = snapshot
        self._items = enumerate(snapshot)
        add(_HEAD(b"K", len(snapshot)))

    def step(self, add):
        writer_of = _leaf_writer
        for index, item in self._items:
            add(_HEAD(b"F", index))
            write = writer_of(type(item))
            if write is None:
                return item
            add(write(item))
            add(_SETITEM)
        return _DONE

    def after_child(self, add):
        add(_SETITEM)

    def finish(self, add):
        pass

    def where(self, item):
        return "[%d]" % next(i for i, each in enumerate(self.value) if each is item)


class _DictWriter:
    def __init__(self, value, add):
        self.value = value
        self._items = iter(list(value.items()))
        add(b"J")

    def step(self, add):
        writer_of = _leaf_writer
        for key, item in self._items:
            write = writer_of(type(key))
            if write is None:
                _dump_key(key, add)
            else:
                add(write(key))
            write = writer_of(type(item))
            if write is None:
                return item
            add(write(item))
            add(_SETITEM)
        return _DONE

    def after_child(self, add):
        add(_SETITEM)

    def finish(self, add):
        pass

    def where(self, item):
        for key, value in self.value.items():
            if value is item:
                return "[%s]" % _shown(key)
            if key is item:
                return " (a key)"
        return "[?]"


class _SequenceWriter:
    """Tuples and sets: the items, then an opcode that collects them."""

    def __init__(self, value, add):
        self.value = tuple(value)
        self._items = iter(self.value)
        self._type = type(value)

    def step(self, add):
        writer_of = _leaf_writer
        for item in self._items:
            write = writer_of(type(item))
            if write is None:
                return item
            add(write(item))
        return _DONE

    def after_child(self, add):
        pass

    def finish(self, add):
        add(_HEAD(_SEQUENCES[self._type], len(self.value)))

    def where(self, item):
        if self._type is not tuple:
            return " (in a %s)" % self._type.__name__
        return _ListWriter.where(self, item)


class _BadKey(Exception):
    """Carries a DumpError and the key it is about to where the path to the key is known."""


def _dump_key(key, add):
    try:
        _dump_tree(key, add)  # nests no further: a key can't hold a dict
    except DumpError as exc:
        raise _BadKey(exc, key) from None


_DONE = object()
_SEQUENCES = {tuple: b"@", set: b"O", frozenset: b"E"}
_CONTAINERS = {
    list: _ListWriter,
    dict: _DictWriter,
    tuple: _SequenceWriter,
    set: _SequenceWriter,
    frozenset: _SequenceWriter,
}


def _shown(key):
    text = ascii(key)
    return text if len(text) <= 40 else text[:37] + "..."


def _path(stack, item):
    """Where item is, as in ['rows'][3]; found afterwards, so that sending need not keep track."""
    items = [writer.source for writer in stack[1:]] + [item]
    try:
        return "".join(writer.where(child) for writer, child in zip(stack, items))
    except (StopIteration, RuntimeError):  # somebody changed it meanwhile
        return ""


def _error(text, stack, item):
    path = _path(stack, item) if len(stack) <= 20 else ""
    return DumpError(text + " at " + path.lstrip() if path else text)


def _open(item, stack, add):
    """The writer for a container, put on the stack."""
    make = _CONTAINERS.get(type(item))
    if make is None:
        raise _error("can't serialize %r" % (type(item),), stack, item)
    if len(stack) >= MAX_DEPTH:
        if any(writer.source is item for writer in stack):
            raise DumpError("can't serialize a %s that holds itself" % type(item).__name__)
        raise DumpError("can't serialize: nested more than %d levels deep" % MAX_DEPTH)
    writer = make(item, add)
    writer.source = item
    stack.append(writer)
    return writer


def _dump_tree(value, add):
    stack = []
    writer = _open(value, stack, add)
    try:
        while True:
            item = writer.step(add)
            if item is not _DONE:
                writer = _open(item, stack, add)
                continue
            writer.finish(add)
            stack.pop()
            if not stack:
                return
            writer = stack[-1]
            writer.after_child(add)
    except UnicodeEncodeError as exc:
        raise _error(_UNENCODABLE, stack, exc.object) from None
    except _BadKey as exc:
        raise _error(str(exc.args[0]), stack, exc.args[1]) from None
    except struct.error:
        raise DumpError(_TOO_LONG) from None


_UNENCODABLE = "strings must be utf-8 encodable"
_TOO_LONG = "can't serialize: more than 2147483647 bytes or items"


def dumps_internal(value):
    """The payload of a channel item."""
    write = _leaf_writer(type(value))
    if write is not None:
        try:
            return write(value) + _STOP
        except UnicodeEncodeError:
            raise DumpError(_UNENCODABLE) from None
        except struct.error:
            raise DumpError(_TOO_LONG) from None
    parts = []
    _dump_tree(value, parts.append)
    parts.append(_STOP)
    return b"".join(parts)


def dumps(value):
    """As dumps_internal, with the version byte that files begin with."""
    return b"\x02" + dumps_internal(value)
