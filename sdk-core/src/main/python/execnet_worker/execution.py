"""Running the source that a master sends."""

import functools
import os
import threading

from .cancelling import Cancelled
from .cancelling import Target
from .dumping import dumps_internal
from .errors import LoadError
from .forked import end_forked_child
from .frames import CHANNEL_CLOSE_ERROR
from .late import line_cache
from .memory import when_there_is_memory
from .raising import execute
from .tracebacks import NO_MEMORY
from .tracebacks import user_traceback

_NAMELESS = "<remote exec>"
_INTERRUPTED = "keyboard-interrupted"
CANCELLED_BEFORE = "cancelled before it was started"
_MOST_KEPT = 16  # sources
_LONGEST_KEPT = 65536  # chars of one


class ShownSources:
    """Lets tracebacks show lines of sources that are in no file here, while they run."""

    def __init__(self):
        self._lock = threading.Lock()
        self._shown = {}  # file name to [source, executions, the linecache entry it replaced]

    def show(self, file_name, source, number):
        """The name to compile by: the one asked for, unless that shows another source now."""
        file_name = file_name or _NAMELESS
        with self._lock:
            shown = self._shown.get(file_name)
            if shown is not None and shown[0] != source:
                if file_name != _NAMELESS:
                    return file_name
                file_name = "<remote exec %d>" % number
                shown = self._shown.get(file_name)
            if shown is None:
                shown = self._shown[file_name] = [source, 0, line_cache.cache.get(file_name)]
                lines = [line + "\n" for line in source.splitlines()]
                # Without a modification time linecache doesn't look for a file of that name.
                line_cache.cache[file_name] = (len(source), None, lines, file_name)
            shown[1] += 1
        return file_name

    def forget(self, file_name, source):
        with self._lock:
            shown = self._shown.get(file_name)
            if shown is None or shown[0] != source:
                return
            shown[1] -= 1
            if shown[1]:
                return
            del self._shown[file_name]
            line_cache.cache.pop(file_name, None)
            if shown[2] is not None:
                line_cache.cache[file_name] = shown[2]


_shown_sources = ShownSources()


@functools.lru_cache(_MOST_KEPT)
def _compiled(source, file_name):
    """The code of it, which is kept: what is run once is often run again and again."""
    return compile(source + "\n", file_name, "exec", 0, True)


class Execution:
    """One CHANNEL_EXEC: what to run, and the channel that it talks over."""

    def __init__(self, gateway, channel, payload):
        self.gateway = gateway
        self.channel = channel
        self.started = False
        self.target = Target(channel.id)
        self.cancelled = False
        self.error = _INTERRUPTED  # unless running comes to something else
        self._ended = False
        self._to_announce = False
        self._pid = os.getpid()
        self._source, self._file_name, self._function, self._kwargs = (
            gateway._channelfactory.load_tuple(payload, 4)
        )
        if (
            type(self._source) is not str
            or type(self._file_name) not in (str, type(None))
            or type(self._function) not in (str, type(None))
            or type(self._kwargs) is not dict
        ):
            raise LoadError("source, file name, function name or keyword arguments of wrong type")
        channel._execution = self

    def run(self):
        self.started = True
        ran = over = False
        while not over:
            try:
                if not ran:
                    ran = True
                    self.error = self._run()
                self.gateway._interrupts.leave(self.target)
                over = True
            except KeyboardInterrupt:
                pass  # right before or after the executed code
            except MemoryError:
                self.error = NO_MEMORY  # for what has to be done besides
        if os.getpid() != self._pid:
            end_forked_child(self.error)

    def _run(self):
        """The text of the error that it ended with, or None."""
        file_name = _shown_sources.show(self._file_name, self._source, self.channel.id)
        try:
            keep = len(self._source) <= _LONGEST_KEPT and file_name in (self._file_name, _NAMELESS)
            code = (_compiled if keep else _compiled.__wrapped__)(self._source, file_name)
            if not self.gateway._interrupts.enter(self.target):
                return CANCELLED_BEFORE
            names = {"channel": self.channel, "__name__": "__channelexec__"}
            execute(code, names, self._function, self._kwargs)
            return None
        except Cancelled:
            return user_traceback(2)
        except KeyboardInterrupt:
            return _INTERRUPTED
        except EOFError:
            # The master went away, or has sent all it had: reading on to the end is no error.
            if self.gateway.ended or self.channel._ended:
                return None
            return user_traceback(2)
        except BaseException:
            return user_traceback(2)
        finally:
            if os.getpid() == self._pid:  # in a forked child nobody might release the lock
                _shown_sources.forget(file_name, self._source)

    def end(self):
        """Close the channel with what came of it. May be interrupted, and called again then."""
        if self._ended:
            return
        self.channel._execution = None
        if self.channel._end(True) or self.cancelled:
            self._to_announce = True
        if self._to_announce:
            try:
                announce = self.gateway._channelfactory.announce_close
                when_there_is_memory(announce, self.channel.id, self.error)
            except OSError:
                pass  # the connection is gone
        self.channel._write_off()  # only now: a master with credit would send what nobody receives
        self._ended = True

    def refuse(self, text):
        """End it unrun, from a thread that must not wait."""
        self._ended = True
        self.channel._execution = None
        if self.channel._end(True):
            self.gateway._channelfactory.end(self.channel.id, True)
            self.gateway._outbox.post(CHANNEL_CLOSE_ERROR, self.channel.id, dumps_internal(text))
