"""What the worker is at, as text: for a master who asks why something hangs.

The thread that reads tells, whatever executed code does. So nothing here waits, or takes a lock.
"""

import sys
import time
from operator import attrgetter
from operator import itemgetter

from .channels import Channel
from .late import line_cache
from .native import monotonic
from .native import takes_more
from .sleeping import _sleep_on
from .tracebacks import user_traceback

_MOST_TEXT = 131072
_MOST_OF_EACH = 50  # executions, and channels
_MOST_FRAMES = 12
_DEEPEST = 24
_LONGEST_LINE = 300

_WAITS = {
    Channel.receive.__code__: "receive",
    Channel.send.__code__: "send",
    Channel.waitclose.__code__: "waitclose",
    _sleep_on.__code__: "time.sleep",
}


def diagnosis(gateway):
    """The text, in bytes; it never fails."""
    try:
        text = "\n".join(_describe(gateway))
    except Exception:
        text = "this can't be told: %s" % user_traceback(0)
    return text.encode("ascii", "backslashreplace")[:_MOST_TEXT]


def _describe(gateway):
    channels = gateway._channelfactory.channels()
    targets = list(gateway._interrupts._targets.values())
    waiting = [each._execution for each in channels if each._execution is not None]
    waiting = [each for each in waiting if not each.started]
    lines = [
        "the worker, of execmodel %s, executes %d pieces of code, and %d wait for their turn"
        % (gateway.execmodel.backend, len(targets), len(waiting))
    ]
    for fd, name in ((1, "stdout"), (2, "stderr")):
        if not takes_more(fd):
            lines.append("%s is full: who prints there waits until that is taken" % name)
    for target in targets[:_MOST_OF_EACH]:
        lines += _execution(gateway, target, channels)
    lines += _callback(gateway)
    told = [line for line in map(_channel, channels) if line]
    return lines + told[:_MOST_OF_EACH]


def _execution(gateway, target, channels):
    frames = _frames(gateway, target.ident, target.green)
    text = "channel %d: its code has run for %s" % (target.channel_id, _since(target.begun))
    waits = target.waits
    for names, code, _ in frames:
        if _are_ours(names) and code in _WAITS:
            text += ", is in %s%s" % (_WAITS[code], _waited_on(waits, channels))
            break
    else:
        text += ", waits for nothing of execnet's"
    if target.cancelled:
        text += ", and was cancelled"
    return [text] + _stack(frames)


def _are_ours(names):
    """Whether these are the globals of this program, or of the one whose sleep serves all."""
    return names is globals() or names is getattr(time.sleep, "__globals__", None)


def _waited_on(waits, channels):
    if waits is None:
        return ""
    since, event = waits
    for channel in channels:
        turns = list(channel._outgoing.waiting)
        if event in channel._waiters.latches or any(event is turn.event for turn in turns):
            return " on channel %d, for %s" % (channel.id, _since(since))
    return ", for %s" % _since(since)


def _callback(gateway):
    calls = gateway._channelfactory._calls
    running = calls.running
    if running is None:
        return []
    since, incoming = running
    text = "channel %d: a call of its callback has taken %s, and %d other calls wait for that" % (
        incoming.channel_id,
        _since(since),
        len(calls._calls),
    )
    return [text] + _stack(_frames(gateway, calls.ident, calls.green))


def _channel(channel):
    incoming = channel._incoming
    items, size = incoming.unread()
    waiting = len(channel._outgoing.waiting)
    if not items and not waiting:
        return None
    text = "channel %d: %d items of %d bytes were not taken by its %s" % (
        channel.id,
        items,
        size,
        "code" if channel._callback is None else "callback",
    )
    return text + (", %d wait to send" % waiting if waiting else "")


def _since(moment):
    return "%.1f s" % (monotonic() - moment)


def _frames(gateway, ident, green):
    """(globals, code, line) of the frames of a thread, or green thread, the innermost first."""
    if green is not None:
        frames = _snapshot("gr_frame.", lambda: iter((green,)))
        if frames or getattr(green, "dead", False):
            return frames
        ident = gateway._thread  # it is the one that runs now
    return _snapshot("", lambda: map(itemgetter(ident), iter(sys._current_frames, None)))


def _snapshot(prefix, roots):
    """
    The getters are C, called by C: so nothing else runs until they have seen all. To walk there
    step by step would be too late for frames of green threads, which may be gone from memory.
    """
    for depth in range(_DEEPEST, 0, -1):
        names = []
        for back in range(depth):
            names += [
                prefix + "f_back." * back + name for name in ("f_globals", "f_code", "f_lineno")
            ]
        try:
            found = next(map(attrgetter(*names), roots()))
        except (AttributeError, KeyError):
            continue  # there are not so many, or it has ended
        return list(zip(found[::3], found[1::3], found[2::3]))
    return []


def _stack(frames):
    """What is not ours of it."""
    theirs = [(code, line) for names, code, line in frames if not _are_ours(names)]
    return [
        (
            '  File "%s", line %s, in %s%s'
            % (code.co_filename, line, code.co_name, _source(code, line))
        )[:_LONGEST_LINE]
        for code, line in theirs[:_MOST_FRAMES]
    ]


def _source(code, line):
    """The line itself, if it is in memory: to read a file might take for ever."""
    entry = line_cache.cache.get(code.co_filename)
    if entry is None or len(entry) < 3 or line is None or not 0 < line <= len(entry[2]):
        return ""
    return ": " + entry[2][line - 1].strip()
