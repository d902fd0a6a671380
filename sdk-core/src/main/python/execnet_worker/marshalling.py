"""Values to payloads in Python's marshal format, which it writes and reads in C.

Between two ends of ours alone, and only what arrives as what it is: the rest has the stock form.
"""

import marshal

from .errors import LoadError
from .late import late_import

VERSION = 2
_DEEPEST_MARSHALLED = 200  # it recurses, also where threads have small stacks
_SHARED_ITEMS = 100000
_FEW_ITEMS = 10000
_FEW_LEVELS = 20
_SEVERAL = 16  # from here on it takes longer to look at each
SURE = frozenset(map(type, (None, True, 1, 1.0, 1j, b"")))  # to be written as what they are
_PLAIN = SURE | {str}
_NESTING = frozenset((list, tuple, dict))
# Of what takes as much each time: who refuses all but numbers, how each begins, and its size.
_NUMBERS = {}

_SAMPLE = (
    [None, True, False, -1, 1 << 40, -(1 << 31) - 1, 0.5, 2j, b"b", "\xe9"],
    {"k": (), 1: {2}, None: frozenset((3,))},
)
_MARSHALLED_SAMPLE = (
    b"(\2\0\0\0[\n\0\0\0NTFi\xff\xff\xff\xffl\3\0\0\0\0\0\0\0\0\4l\xfd\xff\xff\xff\1\0\0\0\2\0"
    b"g\0\0\0\0\0\0\xe0?y\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0@s\1\0\0\0bu\2\0\0\0\xc3\xa9"
    b"{u\1\0\0\0k(\0\0\0\0i\1\0\0\0<\1\0\0\0i\2\0\0\0N>\1\0\0\0i\3\0\0\x000"
)


def can_marshal():
    """Whether this interpreter's format is the one that all have had until now."""
    try:
        return (
            marshal.dumps(_SAMPLE, VERSION) == _MARSHALLED_SAMPLE
            and marshal.loads(_MARSHALLED_SAMPLE) == _SAMPLE
        )
    except Exception:
        return False


def _room_left(container, room, levels):
    """As below, where there is little in it: how many items more there could be.

    Each is counted in every place where it stands. Below zero it is not so, or not that simple.
    """
    room -= 1 + len(container)
    if type(container) is dict:
        for key in container:
            if type(key) is not str and type(key) not in _PLAIN:
                return -1
        container = container.values()
    if len(container) > _SEVERAL and _PLAIN.issuperset(map(type, container)):
        return room
    for item in container:
        kind = type(item)
        if kind not in _PLAIN:
            if kind not in _NESTING or not levels or room < 0:
                return -1
            room = _room_left(item, room, levels - 1)
    return room


def _is_marshallable(container):
    """Whether there is nothing in it that would arrive as something else, or not at all.

    It goes level by level, through each container of one once, as they can hold themselves. What
    stands in several places is written for each, by C code that nothing can interrupt, so there
    must not be much of that.
    """
    level = {id(container): (container, 1)}
    distinct = written = 0
    for _ in range(_DEEPEST_MARSHALLED):
        inner = {}
        for value, places in level.values():
            kind = type(value)
            if kind is list or kind is tuple:
                items = value
            elif kind is dict and _PLAIN.issuperset(map(type, value)):
                items = value.values()
            elif (kind is set or kind is frozenset) and _PLAIN.issuperset(map(type, value)):
                items = ()
            else:
                return False
            distinct += len(value)
            written += len(value) * places
            if not _PLAIN.issuperset(map(type, items)):
                for item in items:
                    if type(item) not in _PLAIN:
                        found = inner.get(id(item))
                        inner[id(item)] = (item, places if found is None else found[1] + places)
        if written > 2 * distinct + _SHARED_ITEMS:
            return False
        if not inner:
            return True
        level = inner
    return False


def _dumps_numbers(values):
    """The payload of a list or tuple of small ints alone, or of floats; None where it is not that.

    To look at the type of each takes twice as long as all the rest. But where each stands for a
    number nothing is nested, and the payload then shows which types they had.
    """
    try:
        if not _NUMBERS:
            math = late_import("math")
            _NUMBERS.update({int: (math.gcd, b"i", 5), float: (math.hypot, b"g", 9)})
        refuse, begin, size = _NUMBERS[type(values[0])]
        refuse(1, *values)  # with which gcd has nothing to compute
    except (ArithmeticError, ImportError, LookupError, TypeError, ValueError):
        return None
    payload = marshal.dumps(values, VERSION)
    if len(payload) == 5 + size * len(values) and payload[5::size] == begin * len(values):
        return payload
    return None


def _may_hold_no_text(payload):
    """Whether it may hold a lone surrogate, which is three bytes that begin with these two."""
    at = payload.find(b"\xed", 0, -1)
    while at >= 0:
        if 0xA0 <= payload[at + 1] <= 0xBF:
            return True
        at = payload.find(b"\xed", at + 1, -1)
    return False


def dumps_marshalled(value):
    """The payload of a channel item; None where that has to have the stock form.

    Who changes a value in another thread meanwhile may see a buffer become bytes.
    """
    kind = type(value)
    try:
        if (kind is list or kind is tuple) and len(value) > _SEVERAL:
            payload = _dumps_numbers(value)
            if payload is not None:
                return payload
        if (
            kind in _PLAIN
            or (kind in _NESTING and _room_left(value, _FEW_ITEMS, _FEW_LEVELS) >= 0)
            or _is_marshallable(value)
        ):
            payload = marshal.dumps(value, VERSION)
            if kind in SURE or 0xED not in payload or not _may_hold_no_text(payload):
                return payload
    except (RuntimeError, ValueError):
        pass  # changed by another thread meanwhile, or too large
    return None


def loads_marshalled(payload):
    """The value of a channel item."""
    try:
        return marshal.loads(payload)
    except (EOFError, ValueError, TypeError) as exc:
        raise LoadError("no value in the marshal format: %s" % exc) from None
