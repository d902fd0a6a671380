"""Channels as executed code sees them."""

import time
from sys import gettrace

from .cancelling import Cancelled
from .dumping import register_channel_type
from .errors import RemoteError
from .errors import TimeoutError
from .incoming import Incoming
from .memory import when_there_is_memory
from .runs import NoRun
from .sending import Outgoing
from .waiting import Waiters

NO_ENDMARKER = object()


class Callback:
    """What a channel's items go to; outlives the Channel object that it was set on."""

    def __init__(self, function, endmarker, channel):
        self.function = function
        self.endmarker = endmarker
        self.error = None  # that it ended with
        self.over = False  # it will not be called any more
        self._incoming = channel._incoming
        self._strconfig = channel._strconfig


class Channel:
    """One end of a conversation with the master.

    Not all is told apart by one state: a channel that receives no more may still send. Nothing
    here takes a lock: signal handlers run in threads of executed code wherever they are, and may
    wait for what the receiving thread brings. So each change is one step, or is looked at again.
    """

    RemoteError = RemoteError
    TimeoutError = TimeoutError
    Cancelled = Cancelled

    _closed = True  # until __init__ is through: then __del__ has nothing to do
    _callback = None
    _execution = None  # what was started with it, while that goes on

    def __init__(self, gateway, channel_id, received=False):
        self.gateway = gateway
        self.id = channel_id
        self._strconfig = gateway._strconfig
        self._received = received  # the id came in an item, and may have been in use here before
        self._interrupts = gateway._interrupts
        self._incoming = Incoming(channel_id)
        self._items = self._incoming.queue
        self._outgoing = Outgoing()
        self._queue = gateway._outbox.queue
        self._run = NoRun  # where the next item may be added
        self._waiters = Waiters(gateway.execmodel.Latch)
        self._ended = False  # nothing more will be received
        self._error = None
        self._closed = False
        self._openness = iter((True,))  # who takes that has closed it

    def __repr__(self):
        return "<Channel id=%d %s>" % (self.id, "closed" if self.isclosed() else "open")

    def __del__(self):
        try:
            self.gateway._channelfactory.collected(self)
        except Exception:
            pass  # the interpreter is on its way out, or __init__ was not through

    def isclosed(self):
        """True when nothing can be sent any more; what came before may still be received."""
        return self._closed

    def send(self, item):
        """Send it; waits while so much is on its way that the master wants no more for now."""
        run = self._run
        kind = type(item)
        if (
            kind is run.kind
            and (kind is float or -2147483648 <= item <= 2147483647)
            and gettrace() is None
        ):
            # As in SendingCredit.send, nothing is called from here on.
            queue = self._queue
            count = run.count
            if (
                count < run.most
                and queue
                and queue[-1] is run
                and run.credit.unwatched
                and not self._closed
                and not self._interrupts.alarmed
            ):
                more = count + 1
                run.items[count] = item
                run.count = more
                return
        gateway = self.gateway
        if self._interrupts.alarmed:
            self._interrupts.raise_due()
        if self._closed:
            raise self._cannot_send()
        msgcode, payload = gateway._encode(item)
        if gateway._sending is None:
            gateway._outbox.send(msgcode, self.id, payload)
        else:
            gateway._sending.send(self, msgcode, payload)

    def _cannot_send(self):
        self._interrupts.raise_due()
        return OSError("cannot send to %r" % (self,))

    def receive(self, timeout=None):
        """The next item. EOFError at the end, RemoteError once where it ended with an error."""
        if self._callback is not None:
            raise OSError("cannot receive(), channel has receiver callback")
        deadline = None
        if self._interrupts.alarmed:
            self._interrupts.raise_due()
        gateway = self.gateway
        receiving = gateway._receiving
        while True:
            ended = self._ended  # asked first, so that no item is missed
            if self._items:
                try:
                    item = self._items.popleft()
                except IndexError:
                    continue  # another thread has taken it
                if receiving is not None:
                    try:
                        receiving.taken(self._incoming)
                    except BaseException:
                        self._items.appendleft(item)
                        self._waiters.wake_all()
                        raise
                return item
            gateway._notice_fork()
            gateway._outbox.wake()  # for what who is below a signal handler has queued
            gateway._outbox.pause()
            if ended:
                if receiving is not None:  # an interrupt may have kept us from it
                    receiving.taken(self._incoming)
                self._interrupts.raise_due()
                raise self._take_error() or EOFError()
            left = None
            if timeout is not None:
                if deadline is None:
                    deadline = time.monotonic() + timeout
                left = deadline - time.monotonic()
            lending = gateway._lending
            if lending is not None and lending.read(self, left):
                continue
            if receiving is not None:  # likewise
                receiving.taken(self._incoming)
            if left is not None and left <= 0:
                if self._is_due():
                    continue
                raise TimeoutError("no item after %r seconds" % (timeout,))
            self._waiters.wait(self._is_due, left, self._interrupts.wait_for)

    def _is_due(self):
        """Whether who receives has to wait no longer."""
        return self._items or self._ended

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

        All callbacks are called by one thread, one after the other, so others wait until it
        returns. It may do anything, but not wait for what another callback is to bring about.
        """
        self.gateway._notice_fork()
        factory = self.gateway._channelfactory
        if self._callback is not None:
            raise OSError("%r has callback already registered" % (self,))
        factory.start_callbacks()
        entry = Callback(callback, endmarker, self)
        factory.callbacks[self.id] = entry
        self._callback = entry
        # Who brings items, or the end, looks for a callback after that, as we look for them.
        factory.queue_calls(self.id, entry, len(self._items), 0)
        if self._ended:
            factory.queue_end(self.id, self, self._take_error())

    def makefile(self, mode="w", proxyclose=False):
        """A file that sends what is written to it, or reads what is received ("r")."""
        if mode == "w":
            return ChannelFileWrite(self, proxyclose)
        if mode == "r":
            return ChannelFileRead(self, proxyclose)
        raise ValueError("mode %r not available" % (mode,))

    def close(self, error=None):
        """Close for both directions; error is what the master's receive() will raise."""
        self.gateway._notice_fork()
        if self._execution is not None:
            raise OSError("cannot explicitly close channel within remote_exec")
        self.gateway._channelfactory.close(self, error)

    def waitclose(self, timeout=None):
        """Wait until nothing more can come in. RemoteError where that was due to an error."""
        deadline = None if timeout is None else time.monotonic() + timeout
        self.gateway._notice_fork()
        while not self._has_ended():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError("Timeout after %r seconds" % (timeout,))
            self.gateway._outbox.wake()
            self._waiters.wait(self._has_ended, left, self._interrupts.wait_for)
        error = self._take_error()
        if error is not None:
            raise error

    def _has_ended(self):
        callback = self._callback  # which may have been set while the end was being noted
        return self._ended and (callback is None or callback.over)

    def reconfigure(self, py2str_as_py3str=True, py3str_as_py2str=False):
        """Set how strings are taken that come in here, and at the master's end."""
        self._set_strconfig((py2str_as_py3str, py3str_as_py2str))
        self.gateway._send_reconfigure(self.id, self._strconfig)

    def _set_strconfig(self, strconfig):
        self._strconfig = strconfig
        if self._callback is not None:
            self._callback._strconfig = strconfig

    def _put(self, items, size):
        """Queue the items of a frame; False where nobody takes them any more."""
        if self._callback is not None:
            return self.gateway._channelfactory.put_for_callback(self.id, items, size)
        if self._ended:
            return False
        self._incoming.put(items, size)
        callback = self._callback
        if callback is not None:  # set meanwhile; calls beyond the items do nothing
            self.gateway._channelfactory.queue_calls(self.id, callback, len(items), 0)
        elif self._waiters.latches:
            when_there_is_memory(self._waiters.wake_all)
        if self.gateway._receiving is not None:
            when_there_is_memory(self.gateway._receiving.counted, self._incoming)
        return True

    def _end(self, closed, error=None):
        """Note that nothing more comes; closed also says that nothing more can be sent.

        Returns whether it was open for sending until now.
        """
        gateway = self.gateway
        was_open = closed and self._send_no_more()
        if self._callback is None:
            self._receive_no_more(error)
        if self._callback is not None:
            gateway._channelfactory.queue_end(self.id, self, error)
        if closed and gateway._sending is not None:
            gateway._sending.closed(self)
        if gateway._receiving is not None:
            gateway._receiving.ended(self._incoming)
        return was_open

    def _send_no_more(self):
        """Whether something could be sent until now."""
        self._closed = True
        return next(self._openness, False)

    def _write_off(self):
        """The code that would have taken what is still here is over."""
        self._incoming.written_off = True
        if self.gateway._receiving is not None:
            self.gateway._receiving.ended(self._incoming)

    def _receive_no_more(self, error):
        if not self._ended:
            self._error = error
            self._ended = True
        when_there_is_memory(self._waiters.wake_all)

    def _take_error(self):
        error, self._error = self._error, None
        return error

    def _after_fork(self):
        """In a child process, where nobody receives."""
        self._send_no_more()
        self._ended = True
        if self._callback is not None:
            self._callback.over = True


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
