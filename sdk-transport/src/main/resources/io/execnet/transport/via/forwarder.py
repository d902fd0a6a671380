"""Runs on a gateway: opens another byte stream there, and relays it over a channel.

The other end is ViaConnection.java. It uses only what the channels and execution models of stock
execnet have too, so that any worker can be a hop. Neither end has more than a window of bytes on
its way that the other has not asked for, so a far end that stands still holds nobody else up.
"""

import atexit
import os
import signal
import sys

# What is told, as (code, value); bytes by themselves are the far end's output.
STARTED, NOT_FOUND, NOT_REACHED, FAILED, WRITTEN, ERRORS, OUTPUT_ENDED, ERRORS_ENDED, EXITED = (
    range(9)
)
# What is to be done, as (code, value); bytes by themselves go to the far end's input.
OUTPUT_CREDIT, ERRORS_CREDIT, CLOSE, KILL, ENDED = range(5)

CHUNK = 65536
QUIET_SECONDS = 0.2
SECONDS_TO_END = 1
MAX_ERRORS_AFTER_EXIT = 1 << 20
LOOKS = 4  # in the time that a peer may be silent
UNANSWERED_PROBES = 3


def forward(channel, window, how):
    """Return at once, for the main thread is not ours; all else is said on a second channel."""
    execmodel = channel.gateway.execmodel
    if execmodel.backend == "gevent":
        import gevent.socket  # noqa: F401 - stock execnet takes it for imported
    forwarder = Forwarder(execmodel, channel.receive(), window)
    atexit.register(forwarder.hear_all)
    execmodel.start(forwarder.listen)
    execmodel.start(forwarder.run, (how,))


class Forwarder:
    def __init__(self, execmodel, channel, window):
        self._execmodel = execmodel
        self._channel = channel
        self._input = execmodel.queue.Queue()  # bounded by what we let the other end send
        self._input_ended = execmodel.Event()
        self._output = Relay(execmodel, window, self._tell, (OUTPUT_ENDED, 0))
        self._errors = Relay(execmodel, window // 4, self._tell_errors, (ERRORS_ENDED, 0))
        self._far = None
        self._killed = False
        self._finished = False
        self._heard = execmodel.Event()

    def hear_all(self):
        """What was said last may be that the far end is to be killed, which would not end else."""
        self._heard.wait(SECONDS_TO_END)

    def _tell(self, item):
        try:
            self._channel.send(item)
        except (OSError, EOFError):
            pass  # nobody is there any more, as the end of the channel says too

    def _tell_errors(self, item):
        self._tell((ERRORS, item) if isinstance(item, bytes) else item)

    def listen(self):
        """In a thread of its own: callbacks are called by one that others may keep waiting."""
        try:
            for item in self._channel:
                self._obey(item)
        except (OSError, self._channel.RemoteError):
            pass  # another way for it to end
        finally:
            self._abandon()
            self._heard.set()
            atexit.unregister(self.hear_all)

    def _obey(self, item):
        """Must not wait: the next item may be a kill."""
        if isinstance(item, bytes):
            self._input.put(item)
            return
        command, value = item
        if command == OUTPUT_CREDIT:
            self._output.credit.add(value)
        elif command == ERRORS_CREDIT:
            self._errors.credit.add(value)
        elif command == CLOSE:
            self._input.put(None)
        elif command == ENDED:
            self._execmodel.start(self._end_when_quiet, ())
        else:
            self._kill()

    def _end_when_quiet(self):
        """What ended is not our process but one behind it, which others may keep waiting."""
        for relay in (self._output, self._errors):
            relay.end_when_quiet()
        self._far.kill()

    def _kill(self):
        self._killed = True
        self._output.credit.end()
        self._input.put(None)
        if self._far is not None:
            self._far.kill()

    def _abandon(self):
        """Nobody is there any more: the far end sees the end of its input, and may act on it."""
        if self._finished:
            return
        self._errors.credit.end()
        if self._far is None:
            self._kill()
            return
        shut(self._far.stream)
        self._execmodel.start(self._kill_later)

    def _kill_later(self):
        self._execmodel.sleep(SECONDS_TO_END)
        self._kill()

    def run(self, how):
        try:
            self._far = far = open_far_end(self._execmodel, how)
        except NotOpened as exc:
            self._tell(exc.args)
            self._channel.close()
            return
        except Exception as exc:
            self._tell((FAILED, "%s: %s" % (type(exc).__name__, exc)))
            self._channel.close()
            return
        if self._killed:
            far.kill()
        self._tell((STARTED, far.address))
        relays = [self._output]
        self._execmodel.start(self._output.run, (far.stream,))
        if far.errors is not None:
            relays.append(self._errors)
            self._execmodel.start(self._errors.run, (far.errors,))
        self._execmodel.start(self._write, (far.stream,))
        status = far.wait()
        if status is not None:
            self._tell((EXITED, status))
            for relay in relays:
                relay.end_when_quiet()
        for relay in relays:
            relay.ended.wait()
        shut(far.stream)
        self._input.put(None)
        self._input_ended.wait()
        self._finished = True
        far.close()
        try:
            self._channel.close()
        except (OSError, EOFError):
            pass  # the connection is gone

    def _write(self, stream):
        broken = False
        more = True
        while more:
            batch = [self._input.get()]
            while batch[-1] is not None and not self._input.empty():
                batch.append(self._input.get())
            if batch[-1] is None:
                more = False
                batch.pop()
            data = b"".join(batch)
            try:
                if data and not broken:
                    stream.sendall(data)
            except OSError:
                broken = True  # what it says last can still be read
            if data:
                self._tell((WRITTEN, len(data)))
        end_input(stream)
        self._input_ended.set()


class Relay:
    """Passes on what comes on one stream, as far as there is credit for it."""

    def __init__(self, execmodel, window, tell, end):
        self.credit = Credit(execmodel, window)
        self.ended = execmodel.Event()
        self._tell = tell
        self._end = end
        self._stream = None
        self._receiving = False
        self._relayed = 0

    def run(self, stream):
        self._stream = stream
        while True:
            room = self.credit.wait_for_some()
            if not room:
                break
            self._receiving = True
            try:
                data = stream.recv(min(room, CHUNK))
            except OSError:
                data = b""
            self._receiving = False
            if not data:
                break
            self._relayed += len(data)
            self.credit.add(-len(data))
            self._tell(data)
        self._tell(self._end)
        self.ended.set()

    def end_when_quiet(self):
        """The process has ended; one that it left behind may hold the stream open for ever."""
        at_exit = self._relayed
        before = -1
        while not self.ended.is_set():
            too_much = self._relayed - at_exit > MAX_ERRORS_AFTER_EXIT
            if self._receiving and (self._relayed == before or too_much):
                shut(self._stream)
            before = self._relayed
            self.ended.wait(QUIET_SECONDS)


class Credit:
    """How many bytes may still be sent."""

    def __init__(self, execmodel, amount):
        self._lock = execmodel.Lock()
        self._changed = execmodel.Event()
        self._left = amount
        self._ended = False

    def add(self, amount):
        with self._lock:
            self._left += amount
        self._changed.set()

    def end(self):
        self._ended = True
        self._changed.set()

    def wait_for_some(self):
        """So many bytes; 0 when nothing may be sent any more."""
        while not self._ended:
            self._changed.clear()
            if self._left > 0:
                return self._left
            if not self._ended:
                self._changed.wait()
        return 0


class NotOpened(Exception):
    """What to tell instead of STARTED: a code and a text."""


def open_far_end(execmodel, how):
    if how["address"] is not None:
        return Server(execmodel, how["address"], how["timeout"], how["silence"])
    return Child(execmodel, how["command"], how["env"])


class Child:
    """A process. Its input and output are a socket, since a thread that reads a pipe can't be
    woken up, and since every execution model knows how to wait for a socket.
    """

    address = None

    def __init__(self, execmodel, command, env):
        if command[0] is None:
            command[0] = sys.executable or "python3"
        self.stream, theirs = execmodel.socket.socketpair()
        self.errors, their_errors = execmodel.socket.socketpair()
        for end in (theirs, their_errors):
            os.set_blocking(end.fileno(), True)  # as green threads' sockets are not
        try:
            self._process = execmodel.subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=their_errors.fileno(),
                env=dict(os.environ, **env),
            )
        except OSError as exc:
            self.close()
            raise NotOpened(NOT_FOUND, "can't start %s: %s" % (command[0], exc)) from None
        finally:
            theirs.close()
            their_errors.close()

    def wait(self):
        code = self._process.wait()
        if code >= 0:
            return (code, None)
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = "signal %d" % -code
        return (128 - code, name)

    def kill(self):
        try:
            self._process.kill()
        except OSError:
            pass  # it is over

    def close(self):
        self.stream.close()
        self.errors.close()


class Server:
    """What listens on a TCP port."""

    errors = None

    def __init__(self, execmodel, address, timeout, silence):
        try:
            self.stream = execmodel.socket.create_connection(tuple(address), timeout)
        except OSError as exc:
            raise NotOpened(NOT_REACHED, "can't connect to %s:%d: %s" % (*address, exc)) from None
        self.stream.settimeout(None)
        self.address = tuple(self.stream.getpeername()[:2])
        self._closed = execmodel.Event()
        if silence > 0:
            keep_alive(self.stream, silence)
            if sys.platform.startswith("linux"):
                execmodel.start(self._watch, (silence,))

    def _watch(self, silence):
        """Give up who acknowledges nothing of what is sent, which the kernel takes long for.

        Its TCP_USER_TIMEOUT would give up who is well and only doesn't read, too.
        """
        unanswered = 0
        while not self._closed.is_set():
            self._closed.wait(silence / LOOKS)
            try:
                probes, unacked, last_answer = tcp_info(self.stream)
            except OSError:
                return  # it has been closed
            unanswered = unanswered + 1 if unacked or probes >= UNANSWERED_PROBES else 0
            if unanswered > LOOKS and last_answer >= silence * 1000:
                shut(self.stream)
                return

    def wait(self):
        return None

    def kill(self):
        shut(self.stream)

    def close(self):
        self._closed.set()
        self.stream.close()


def tcp_info(stream):
    """Of Linux: how often it asked in vain for room, what is unacknowledged, last answer in ms."""
    import socket
    import struct

    layout = struct.Struct("=3xB20xI28xI")
    return layout.unpack(stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, layout.size))


def keep_alive(stream, seconds):
    """Have the kernel give up a peer that answers nothing for so long where nothing is sent."""
    import socket

    probes = 3
    interval = max(1, seconds // (2 * probes))
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", max(1, seconds - probes * interval)),
        ("TCP_KEEPINTVL", interval),
        ("TCP_KEEPCNT", probes),
    ):
        if hasattr(socket, name):  # not every system has each
            stream.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def end_input(stream):
    """What the far end still says can be read, until it has ended too."""
    try:
        stream.shutdown(1)
    except OSError:
        pass  # it has ended


def shut(stream):
    """End it in both directions; whoever waits for it wakes up."""
    try:
        stream.shutdown(2)
    except OSError:
        pass  # the other side was quicker
