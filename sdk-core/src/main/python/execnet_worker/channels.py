"""Channels as executed code sees them."""

import time
from collections import deque

from .dumping import dumps_internal
from .dumping import register_channel_type
from .errors import RemoteError
from .errors import TimeoutError
from .frames import CHANNEL_DATA

NO_ENDMARKER = object()


class Callback:
    """What a channel's items go to; outlives the Channel object that it was set on."""

    def __init__(self, function, endmarker, strconfig):
        self.function = function
        self.endmarker = endmarker
        self._strconfig = strconfig


class Channel:
    """One end of a conversation with the master.

    Not all is told apart by one state: a channel that receives no more may still send. The
    condition guards what the receiving thread and the threads of executed code share.
    """

    RemoteError = RemoteError
    TimeoutError = TimeoutError

    _closed = True  # until __init__ is through: then __del__ has nothing to do
    _executing = False  # executed code may not close the channel that it was started with

    def __init__(self, gateway, channel_id):
        self.gateway = gateway
        self.id = channel_id
        self._strconfig = gateway._strconfig
        self._items = deque()
        self._condition = gateway.execmodel.Condition()
        self._ended = False  # nothing more will be received
        self._error = None
        self._callback = None
        self._callback_takes_all = False  # false while earlier items are still handed over
        self._closed = False

    def __repr__(self):
        return "<Channel id=%d %s>" % (self.id, "closed" if self.isclosed() else "open")

    def __del__(self):
        if not self._closed:
            try:
                self.gateway._channelfactory.collected(self)
            except Exception:
                pass  # the interpreter is on its way out

    def isclosed(self):
        """True when nothing can be sent any more; what came before may still be received."""
        return self._closed

    def send(self, item):
        if self._closed:
            raise OSError("cannot send to %r" % (self,))
        self.gateway._outbox.send(CHANNEL_DATA, self.id, dumps_internal(item))

    def receive(self, timeout=None):
        """The next item. EOFError at the end, RemoteError once where it ended with an error."""
        if self._callback is not None:
            raise OSError("cannot receive(), channel has receiver callback")
        deadline = None
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                self.gateway._notice_fork()
            with self._condition:
                if self._items:
                    continue
                if self._ended:
                    raise self._take_error() or EOFError()
                if timeout is None:
                    self._condition.wait()
                    continue
                if deadline is None:
                    deadline = time.monotonic() + timeout
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError("no item after %r seconds" % (timeout,))
                self._condition.wait(left)

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return self.receive()
        except EOFError:
            raise StopIteration from None

    next = __next__

    def setcallback(self, callback, endmarker=NO_ENDMARKER):
        """Call callback(item) with each item from now on, and with endmarker after the last.

        It is called by the thread that receives, so nothing else comes in until it returns.
        """
        entry = Callback(callback, endmarker, self._strconfig)
        with self._condition:
            if self._callback is not None:
                raise OSError("%r has callback already registered" % (self,))
            self._callback = entry
        factory = self.gateway._channelfactory
        while True:
            with self._condition:
                if not self._items:
                    ended = self._ended
                    if not ended:
                        factory.callbacks[self.id] = entry
                        self._callback_takes_all = True
                    break
                item = self._items.popleft()
            if not factory.call(self.id, entry, item):
                return
        if ended:
            factory.call_end(entry)

    def makefile(self, mode="w", proxyclose=False):
        """A file that sends what is written to it, or reads what is received ("r")."""
        if mode == "w":
            return ChannelFileWrite(self, proxyclose)
        if mode == "r":
            return ChannelFileRead(self, proxyclose)
        raise ValueError("mode %r not available" % (mode,))

    def close(self, error=None):
        """Close for both directions; error is what the master's receive() will raise."""
        if self._executing:
            raise OSError("cannot explicitly close channel within remote_exec")
        self.gateway._channelfactory.close(self, error)

    def waitclose(self, timeout=None):
        """Wait until nothing more can come in. RemoteError where that was due to an error."""
        deadline = None if timeout is None else time.monotonic() + timeout
        self.gateway._notice_fork()
        with self._condition:
            while not self._ended:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError("Timeout after %r seconds" % (timeout,))
                self._condition.wait(left)
            error = self._take_error()
        if error is not None:
            raise error

    def reconfigure(self, py2str_as_py3str=True, py3str_as_py2str=False):
        """Set how strings are taken that come in here, and at the master's end."""
        self._set_strconfig((py2str_as_py3str, py3str_as_py2str))
        self.gateway._send_reconfigure(self.id, self._strconfig)

    def _set_strconfig(self, strconfig):
        self._strconfig = strconfig
        if self._callback is not None:
            self._callback._strconfig = strconfig

    def _put(self, item):
        """Queue an item; False where the callback is to be called instead."""
        with self._condition:
            if self._callback_takes_all:
                return False
            if not self._ended:
                self._items.append(item)
                self._condition.notify_all()
            return True

    def _end(self, closed, error=None):
        """Note that nothing more comes; closed also says that nothing more can be sent.

        Returns whether it was open for sending until now.
        """
        with self._condition:
            was_open = not self._closed
            if closed:
                self._closed = True
            if not self._ended:
                self._ended = True
                self._error = error
            self._condition.notify_all()
            return was_open

    def _take_error(self):
        error, self._error = self._error, None
        return error

    def _after_fork(self):
        """In a child process, where nobody receives; a vanished thread may hold the lock."""
        self._condition = self.gateway.execmodel.Condition()
        self._closed = self._ended = True


register_channel_type(Channel)


class ChannelFile:
    def __init__(self, channel, proxyclose=True):
        self.channel = channel
        self._proxyclose = proxyclose

    def isatty(self):
        return False

    def close(self):
        if self._proxyclose:
            self.channel.close()

    def __repr__(self):
        state = "closed" if self.channel.isclosed() else "open"
        return "<ChannelFile %d %s>" % (self.channel.id, state)


class ChannelFileWrite(ChannelFile):
    def write(self, out):
        self.channel.send(out)

    def flush(self):
        pass


class ChannelFileRead(ChannelFile):
    """Reads str or bytes, whichever the items are."""

    _buffer = None

    def _fill(self):
        try:
            item = self.channel.receive()
        except EOFError:
            return False
        self._buffer = item if self._buffer is None else self._buffer + item
        return True

    def _take(self, count):
        if self._buffer is None:
            return ""
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def read(self, n):
        while self._buffer is None or len(self._buffer) < n:
            if not self._fill():
                break
        return self._take(n)

    def readline(self):
        searched = 0
        while True:
            if self._buffer:
                newline = b"\n" if isinstance(self._buffer, bytes) else "\n"
                at = self._buffer.find(newline, searched)
                if at >= 0:
                    return self._take(at + 1)
                searched = len(self._buffer)
            if not self._fill():
                return self._take(searched)
