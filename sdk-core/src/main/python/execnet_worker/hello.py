"""What both sides say of themselves in their first frames, where the master asks for that."""

import marshal
import sys

from .dumping import dumps_internal
from .errors import LoadError
from .errors import ProtocolError
from .frames import HELLO
from .frames import pack_header
from .loading import loads_internal
from .marshalling import can_marshal

_MOST_COMPILED = 1000000  # bytes: a hello has a limit


def _compiled_program():
    """All of this program, where it was joined to one, or None where that can't be had."""
    try:
        frame = sys._getframe()
        while frame.f_code.co_name != "<module>" or frame.f_globals is not globals():
            frame = frame.f_back
        code = marshal.dumps(frame.f_code)
    except Exception:
        return None  # no CPython nor PyPy
    return code if len(code) <= _MOST_COMPILED else None


def hello_frame(compiled=False):
    """Ours: the names of what we can do besides what every worker can.

    Where that is asked for there is this program too, as this interpreter has compiled it: to do
    so takes longer than all the rest of a start.
    """
    names = ["credit", "cancel", "ping", "diagnose"]
    if can_marshal():
        names += ["marshal", "items"]
    capabilities = dict.fromkeys(names)
    code = _compiled_program() if compiled else None
    if code is not None:
        capabilities["compiled"] = (sys.version, code)
    payload = dumps_internal(capabilities)
    return pack_header(HELLO, 0, len(payload)) + payload


def wanted_capabilities(frame):
    """What the master's hello, its first frame, names; checked as far as it is for us."""
    msgcode, _, payload = frame
    if msgcode != HELLO:
        raise ProtocolError("the first frame is no hello, but of type %d" % msgcode)
    try:
        wanted = loads_internal(payload)
    except LoadError as exc:
        raise ProtocolError("a hello that can't be loaded: %s" % exc) from None
    if type(wanted) is not dict:
        raise ProtocolError("a hello with a %s in it" % type(wanted).__name__)
    if "credit" in wanted:
        _check_credit(wanted["credit"])
    return wanted


def _check_credit(limits):
    if (
        type(limits) is not tuple
        or len(limits) != 6
        or not all(type(limit) is int and limit > 0 for limit in limits)
    ):
        raise ProtocolError("credit needs six numbers above zero, not %.100r" % (limits,))
