"""TLS: the executed program gets a plain socket, and a pump stands between that and the TLS one."""

import os
import select
import socket
import time

from .lines import Refused
from .lines import end_output
from .silence import LOOKS
from .silence import AnswerWatch

_CHUNK = 65536
_ROOM = 262144
_LINGER_SECONDS = 30
_ALERT_SECONDS = 2


def tls_context(cert, key, client_ca):
    import ssl

    if not hasattr(select, "poll"):
        raise OSError("TLS needs select.poll, which this system has not")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if hasattr(ssl, "TLSVersion"):
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    else:  # Python 3.6
        context.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1
    context.load_cert_chain(cert, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def tls_socket(context, sock):
    """What takes the socket's place; it does not block, and nothing has been said on it."""
    sock.setblocking(False)
    try:
        sock.getpeername()  # wrapping asks too, and where there is none may forget the descriptor
        return context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
    except OSError as exc:
        sock.close()
        raise Refused("no TLS connection: %s" % (exc.strerror or "it went away")) from None


def tls_handshake(tls, deadline):
    import ssl

    try:
        _shake_hands(tls, deadline)
        return
    except ssl.SSLError as exc:
        end_output(tls, time.monotonic() + _ALERT_SECONDS, 1 << 24)
        why = "no TLS connection: %s" % (exc.reason or "it is no TLS client, or went away")
    except OSError as exc:
        why = "no TLS connection: %s" % (exc.strerror or "it went away")
    except Refused as exc:
        why = str(exc)
    tls.close()
    raise Refused(why)


def _shake_hands(tls, deadline):
    import ssl

    while True:
        try:
            return tls.do_handshake()
        except ssl.SSLWantReadError:
            waits_for = select.POLLIN
        except ssl.SSLWantWriteError:
            waits_for = select.POLLOUT
        poll = select.poll()
        poll.register(tls.fileno(), waits_for)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise Refused("it took too long for the TLS handshake")


def _let_go_of_streams():
    """A pump may outlive the server, whose log is to end with that."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    os.close(null)


class Pump:
    """Carries bytes between a TLS socket and a plain one, in a single thread."""

    def __init__(self, tls, plain, keep_alive):
        import ssl

        self._want_read = ssl.SSLWantReadError
        self._want_write = ssl.SSLWantWriteError
        self._tls_error = ssl.SSLError
        self._tls = tls
        self._plain = plain
        self._watch = AnswerWatch(tls, keep_alive)
        self._look_seconds = keep_alive / LOOKS
        self._next_look = 0
        plain.setblocking(False)
        tls.setblocking(False)
        self._to_plain = bytearray()
        self._to_tls = bytearray()
        self._tls_ended = self._plain_ended = False  # nothing more comes from there
        self._plain_told = self._tls_told = False  # and the other side knows
        self._tls_events = 0

    def run_in_a_process(self, inner, unrelated):
        """One that is nobody's child here, so that executed code never meets it."""
        pid = os.fork()
        if pid == 0:
            try:
                if os.fork() == 0:
                    inner.close()
                    for other in unrelated:
                        other.close()
                    _let_go_of_streams()
                    self.run()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        os.close(self._tls.detach())  # without telling the client, who goes on with the pump
        self._plain.close()

    def run(self):
        """Until both sides have ended, or one is lost."""
        try:
            while not (self._plain_told and self._tls_told):
                self._tls_events = 0
                self._turn()
                if not self._wait():
                    break
            end_output(self._tls, time.monotonic() + _LINGER_SECONDS, float("inf"))
        except OSError:
            pass
        finally:
            self._tls.close()
            self._plain.close()

    def _turn(self):
        while self._turn_once():
            pass

    def _turn_once(self):
        """Whether anything moved."""
        moved = False
        if not self._tls_ended and len(self._to_plain) < _ROOM:
            data = self._on_tls(self._tls.recv, _CHUNK)
            if data is not None:
                moved = True
                self._to_plain += data
                self._tls_ended = not data
        if not self._plain_ended and len(self._to_tls) < _ROOM:
            try:
                data = self._plain.recv(_CHUNK)
                moved = True
            except BlockingIOError:
                data = None
            except ConnectionResetError:
                data = b""
            if data is not None:
                self._to_tls += data
                self._plain_ended = not data
        return self._write_plain() or self._write_tls() or moved

    def _write_plain(self):
        if self._to_plain:
            try:
                del self._to_plain[: self._plain.send(self._to_plain)]
                return True
            except BlockingIOError:
                return False
            except OSError:  # whoever read there is gone; what it has written still goes out
                self._to_plain.clear()
                self._tls_ended = self._plain_told = True
        if self._tls_ended and not self._to_plain and not self._plain_told:
            self._plain_told = True
            try:
                self._plain.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return False

    def _write_tls(self):
        if self._to_tls:
            # a part of its own: an unfinished write has to be repeated with the same bytes
            sent = self._on_tls(self._tls.send, bytes(self._to_tls[:_CHUNK]))
            if sent:
                del self._to_tls[:sent]
                return True
            return False
        if self._plain_ended and not self._tls_told:
            self._tls_told = True
            try:
                unwrapped = self._on_tls(self._tls.unwrap) is not None
            except self._tls_error:
                unwrapped = True  # the client is told, but sends on, which OpenSSL reads no more
            self._tls_ended = self._tls_ended or unwrapped  # what still comes is no TLS
            socket.socket.shutdown(self._tls, socket.SHUT_WR)
        return False

    def _on_tls(self, operation, *arguments):
        try:
            return operation(*arguments)
        except self._want_read:
            self._tls_events |= select.POLLIN
        except self._want_write:
            self._tls_events |= select.POLLOUT
        return None

    def _wait(self):
        """False when nobody is there any more for what the client sends."""
        poll = select.poll()
        if self._tls_events or not self._tls_told:  # what is not read now may still be reset
            poll.register(self._tls.fileno(), self._tls_events)
        events = 0 if self._plain_ended or len(self._to_tls) >= _ROOM else select.POLLIN
        if self._to_plain:
            events |= select.POLLOUT
        if events or self._plain_ended:
            poll.register(self._plain.fileno(), events)
        lingering = self._plain_ended and self._tls_told
        happened = poll.poll(1000 * (_LINGER_SECONDS if lingering else self._look_seconds))
        hung_up = [fd for fd, event in happened if event & select.POLLHUP]
        unread = [fd for fd, event in happened if event & select.POLLIN]
        if not self._tls_told and self._tls.fileno() in set(hung_up).difference(unread):
            raise ConnectionResetError
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + self._look_seconds
            if self._watch.is_gone():
                raise ConnectionResetError
        if lingering:
            return happened and self._plain.fileno() not in hung_up
        return True
