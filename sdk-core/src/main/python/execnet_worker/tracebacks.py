"""Exceptions of executed code as text."""

import sys

from .late import late_import

_MOST_CANCELS = 10  # there may be one, so it is the text that raises them
NO_MEMORY = "MemoryError: nor is there memory left to tell where"


def user_traceback(frames_to_skip=1):
    """The current exception as text, beginning where the user's code does."""
    kind, value, trace = sys.exc_info()
    for _ in range(frames_to_skip):
        trace = trace and trace.tb_next
    for _ in range(_MOST_CANCELS):
        try:
            return sendable_text("".join(_format(kind, value, trace)))
        except MemoryError:  # what the code has taken is not free yet
            return NO_MEMORY
        except KeyboardInterrupt:
            pass  # to cancel what is over by now
    return sendable_text("".join(_format_plainly(kind, value, trace)))


def _format(kind, value, trace):
    try:
        format_exception = late_import("traceback").format_exception
    except MemoryError:
        raise
    except Exception:  # for example, all descriptors are in use
        return _format_plainly(kind, value, trace)
    return format_exception(kind, value, trace)


def _format_plainly(kind, value, trace):
    """Without a module that could not be imported: no source lines, and no causes."""
    yield "Traceback (most recent call last):\n"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = (code.co_filename, trace.tb_lineno, code.co_name)
        yield '  File "%s", line %d, in %s\n' % place
        trace = trace.tb_next
    try:
        text = str(value)
    except BaseException:  # whatever that is, it comes again
        text = "<exception str() failed>"
    yield "%s: %s\n" % (kind.__name__, text)


def sendable_text(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
