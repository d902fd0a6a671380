"""The loop of the server: accepts, and keeps account of what runs. Nothing in it waits."""

import os
import selectors
import signal
import socket
import sys
import time

from .connections import Connection
from .refusals import RefusalLog
from .refusals import log
from .silence import LOOKS
from .silence import keep_alive

DEFAULT_PORT = 8888
_BACKLOG = 128
_MAX_UNAUTHENTICATED = 64
_DROP_AFTER_SECONDS = 1
_TICK_SECONDS = 0.2
_END_SECONDS = 5


def parse_address(text):
    """(host, port) of [[HOST:]PORT]; ValueError says what is wrong."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host or "[" in text:
        raise ValueError("an IPv6 address is written [::1]:%s" % (port or DEFAULT_PORT))
    if colon and not host:
        raise ValueError("say on which host to listen: 0.0.0.0%s is every interface" % text)
    if not (port.isdigit() and port.encode("utf-8").isdigit()):
        raise ValueError("the port is not a number: %r" % port)
    if int(port) > 65535:
        raise ValueError("there is no port %s" % port)
    return host or "127.0.0.1", int(port)


def show_address(address):
    host, port = address[:2]
    return ("[%s]:%d" if ":" in host else "%s:%d") % (host, port)


def listen(host, port):
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix" and sys.platform != "cygwin":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


class Settings:
    """What one server is asked for."""

    def __init__(self, token=None, tls=None, auth_timeout=10.0):
        self.token = token
        self.tls = tls
        self.auth_timeout = auth_timeout
        self.keep_alive = 120.0
        self.once = False
        self.in_process = not hasattr(os, "fork")
        self.max_connections = 0
        self.service = None


class Server:
    def __init__(self, listener, settings, lifeline=None, on_tick=None):
        self._listener = listener
        self._settings = settings
        self._lifeline = lifeline
        self._on_tick = on_tick
        self._connections = set()
        self._refusals = RefusalLog()
        self._accepting = False
        self._pause_until = self._next_look = 0
        self._stopped = False
        self._status = 0
        # select alone has a limit, and epoll refuses files
        self._selector = getattr(selectors, "PollSelector", selectors.SelectSelector)()
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)

    def run(self):
        """Until the end has been asked for, and has come; the status to exit with."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            number = getattr(signal, name, None)
            # whoever starts us decides what to ignore, as nohup does
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        if hasattr(signal, "SIGCHLD"):
            signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._woken.fileno())
        self._watch(self._wake, self._on_wake)
        if self._lifeline is not None:
            self._watch(self._lifeline, self._on_lifeline)
        try:
            while not self._stopped and (self._listener is not None or self._connections):
                self._turn()
        finally:
            self._end_all()
            self._refusals.end()
            signal.set_wakeup_fd(-1)
            self._selector.close()
            for end in (self._wake, self._woken):
                end.close()
        return self._status

    def _watch(self, source, handler):
        self._selector.register(source, selectors.EVENT_READ, handler)

    def _turn(self):
        self._set_accepting()
        timeout = self._refusals.tick()
        if not self._accepting and self._listener is not None:
            timeout = _TICK_SECONDS
        if self._connections:
            left = self._look_for_the_gone()
            timeout = left if timeout is None else min(timeout, left)
        if self._on_tick is not None:
            self._on_tick()
            timeout = 10 if timeout is None else min(timeout, 10)
        ready = [key for key, _ in self._selector.select(timeout)]
        # new clients last, when all is known of those that there are
        for key in sorted(ready, key=lambda each: each.fileobj is self._listener):
            key.data(key.fileobj)

    def _look_for_the_gone(self):
        """Tells in how many seconds to look again."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + self._settings.keep_alive / LOOKS
            for connection in self._connections:
                if connection.end_if_gone():
                    log("%s has vanished" % connection.who)
        return self._next_look - now

    def _on_signal(self, number, frame):
        self._stopped = True
        if number == signal.SIGINT:
            self._status = 130  # as shells have it

    def _on_wake(self, source):
        try:
            while source.recv(4096):
                pass
        except BlockingIOError:
            pass
        self._reap()

    def _on_lifeline(self, source):
        """Whoever started us holds the other end, and is gone when that is."""
        if not os.read(source, 4096):
            self._stopped = True

    # Accepting

    def _pending(self):
        return [each for each in self._connections if not each.authenticated]

    def _set_accepting(self):
        wanted = self._listener is not None and time.monotonic() >= self._pause_until
        pending = self._pending()
        if wanted and len(pending) >= _MAX_UNAUTHENTICATED:
            # Who means well needs a moment only, so it is the oldest that has to go.
            oldest = min(pending, key=lambda each: each.began)
            wanted = time.monotonic() - oldest.began > _DROP_AFTER_SECONDS
            wanted = wanted and self._drop(oldest, len(pending))
        if wanted == self._accepting:
            return
        self._accepting = wanted
        if wanted:
            self._watch(self._listener, self._on_client)
        elif self._listener is not None:
            self._selector.unregister(self._listener)

    def _on_client(self, listener):
        try:
            sock, address = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as exc:  # no descriptors left, for instance
            self._pause("can't accept a connection: %s" % exc.strerror)
            return
        running = len(self._connections) - len(self._pending())
        if self._settings.max_connections and running >= self._settings.max_connections:
            self._refusals.refused(address[0], "%d connections are served already" % running)
            sock.close()
            return
        sock.setblocking(True)
        try:
            keep_alive(sock, self._settings.keep_alive)
        except OSError as exc:  # some systems say so here where it is gone already
            self._refusals.refused(show_address(address), "it went away: %s" % exc.strerror)
            sock.close()
            return
        self._serve(sock, address)

    def _pause(self, why):
        log(why)
        self._pause_until = time.monotonic() + 1

    def _serve(self, sock, address):
        connection = None
        try:
            connection = Connection(self._settings, sock, address)
            if self._settings.in_process:
                connection.start_thread()
            else:
                connection.start_process(self._close_in_child)
        except (OSError, RuntimeError) as exc:
            self._pause("can't serve a connection: %s" % exc)
            if connection is not None:
                connection.report.close()
            sock.close()
            return
        self._connections.add(connection)
        connection.watched = True
        self._watch(connection.report, lambda source: self._on_report(connection))

    def _close_in_child(self):
        for each in [self._listener, self._wake, self._woken]:
            if each is not None:
                each.close()
        for other in self._connections:
            other.close_in_child()
        if self._lifeline is not None:
            os.close(self._lifeline)

    # What becomes of connections

    def _unwatch(self, connection):
        if connection.watched:
            connection.watched = False
            self._selector.unregister(connection.report)

    def _on_report(self, connection):
        if connection not in self._connections:
            return  # reaped since the selector saw this
        told = connection.read_report()
        if told is None:
            self._unwatch(connection)
            if connection.pid is None:
                self._ended(connection)
        elif told == "started":
            connection.authenticated = True
            if self._settings.once:
                self._listen_no_more()
        elif told == "quit":
            log("%s asks for the end" % connection.who)
            connection.quits = True
            self._listen_no_more()
            connection.report.shutdown(socket.SHUT_WR)  # which tells the client's process
        else:
            self._refuse(connection, told.partition(" ")[2] or told)

    def _refuse(self, connection, why):
        """A client is told of once, though its end may come with another reason."""
        if not connection.refused:
            connection.refused = True
            self._refusals.refused(connection.who, why)

    def _drop(self, connection, pending):
        """Whether it is as good as gone; if not, it is to be tried again."""
        if not connection.drop():
            return False
        connection.authenticated = True  # it counts no more, though it ends a moment later
        self._refuse(connection, "%d clients have not said who they are" % pending)
        return True

    def _reap(self):
        for connection in list(self._connections):
            if connection.pid is not None:
                try:
                    ended = os.waitpid(connection.pid, os.WNOHANG)[0] != 0
                except ChildProcessError:
                    ended = True
                if ended:
                    while connection.watched:
                        self._on_report(connection)  # its last words
                    self._ended(connection)

    def _ended(self, connection):
        self._connections.discard(connection)
        self._unwatch(connection)
        connection.forget()

    # The end

    def _listen_no_more(self):
        if self._listener is None:
            return
        if self._accepting:
            self._selector.unregister(self._listener)
            self._accepting = False
        self._listener.close()
        self._listener = None
        for connection in self._pending():
            if not connection.quits:
                connection.drop()

    def _end_all(self):
        """Ends what is left, in peace or by force. Threads end with the process."""
        self._listen_no_more()
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", None)):
            left = [each for each in self._connections if each.pid is not None]
            for connection in left:
                os.kill(connection.pid, number)
            deadline = time.monotonic() + _END_SECONDS
            while left and time.monotonic() < deadline:
                self._selector.select(deadline - time.monotonic())
                self._on_wake(self._wake)
                left = [each for each in self._connections if each.pid is not None]


def non_local(listener):
    """Whether others than this host may reach it."""
    host = listener.getsockname()[0]
    return not (host.startswith("127.") or host == "::1")
