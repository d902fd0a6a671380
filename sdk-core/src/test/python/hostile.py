"""Clients of a server that mean no good."""

import contextlib
import selectors
import socket
import ssl
import struct

import master

_PACE_SECONDS = 0.02


def client_hello():
    """What a TLS client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    try:
        context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def reset(sock):
    """Close it with a RST, not a FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class Quick:
    """Those that have done it when the method returns; `ports` tells them apart in a log."""

    def __init__(self, address):
        self._address = address
        self._opened = []
        self.ports = []

    def connect(self):
        sock = socket.create_connection(self._address, master.TIMEOUT)
        self._opened.append(sock)
        self.ports.append(sock.getsockname()[1])
        return sock

    def close(self):
        for sock in self._opened:
            sock.close()

    def close_at_once(self):
        self.connect().close()

    def reset_at_once(self):
        reset(self.connect())

    def end_at_once(self):
        self.connect().shutdown(socket.SHUT_WR)

    def ask_for_a_page(self):
        self.connect().sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def begin_tls_and_reset(self):
        sock = self.connect()
        sock.sendall(client_hello())
        reset(sock)

    def begin_tls_and_end(self):
        sock = self.connect()
        sock.sendall(client_hello())
        with contextlib.suppress(OSError):  # refused already, where random bytes end a line
            sock.shutdown(socket.SHUT_WR)

    def begin_a_line_and_reset(self):
        sock = self.connect()
        sock.sendall(b"0123")
        reset(sock)

    def send_noise(self):
        self.connect().sendall(bytes(range(256)) * 20 + b"\n")

    def shake_hands(self, context):
        """Try TLS with this certificate, or none, until that is refused."""
        try:
            with context.wrap_socket(self.connect(), server_hostname="localhost") as tls:
                while tls.recv(1000):
                    pass
        except OSError:
            pass

    def all(self):
        for kind in (
            self.close_at_once,
            self.reset_at_once,
            self.end_at_once,
            self.ask_for_a_page,
            self.begin_tls_and_reset,
            self.begin_tls_and_end,
            self.begin_a_line_and_reset,
            self.send_noise,
        ):
            kind()


def drip(parts):
    """Send each (socket, bytes) a byte at a time, until the server has ended all of them."""
    left = dict(parts)
    with selectors.DefaultSelector() as selector:
        for sock in left:
            sock.settimeout(master.TIMEOUT)
            selector.register(sock, selectors.EVENT_READ)
        while left:
            for key, _ in selector.select(_PACE_SECONDS):
                if _has_ended(key.fileobj):
                    selector.unregister(key.fileobj)
                    del left[key.fileobj]
            for sock, data in left.items():
                if not data:
                    raise AssertionError("the server has taken all, and still waits")
                left[sock] = data[1:]
                try:
                    sock.sendall(data[:1])
                except OSError:
                    pass  # it has ended, as reading will show


def _has_ended(sock):
    try:
        return not sock.recv(65536)
    except OSError:
        return True
