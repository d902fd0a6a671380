"""Lines off and onto a socket, each until a moment that is set once."""

import socket
import time


class Refused(Exception):
    """This client is not served. The text is ours: none of what it sent goes into a log."""


def _set_timeout(sock, deadline):
    left = deadline - time.monotonic()
    if left <= 0:
        raise Refused("it took too long")
    sock.settimeout(left)


def _part_of_line(sock):
    if hasattr(sock, "unwrap"):
        return sock.recv(1)  # TLS can't be peeked into
    seen = sock.recv(65536, socket.MSG_PEEK)
    end = seen.find(b"\n") + 1
    return sock.recv(end or len(seen)) if seen else b""


def read_line(sock, limit, deadline, what):
    """One line without its end. What comes after it stays on the socket, for who reads next."""
    line = bytearray()
    while True:
        try:
            _set_timeout(sock, deadline)
            part = _part_of_line(sock)
        except socket.timeout:
            raise Refused("it took too long to send %s" % what) from None
        except OSError as exc:
            raise Refused("it went away before it had sent %s: %s" % (what, exc.strerror)) from None
        if not part:
            raise Refused("it went away before it had sent %s" % what)
        line += part
        if len(line) > limit:
            raise Refused("it sent more than %d bytes for %s" % (limit, what))
        if part.endswith(b"\n"):
            return bytes(line).rstrip(b"\r\n")


def send_line(sock, text, deadline):
    try:
        _set_timeout(sock, deadline)
        sock.sendall(text.encode("ascii") + b"\n")
    except socket.timeout:
        raise Refused("it took too long to read") from None
    except OSError as exc:
        raise Refused("it went away: %s" % exc.strerror) from None


def say_goodbye(sock, text, deadline):
    """Send a last line so that it arrives."""
    try:
        send_line(sock, text, deadline)
    except Refused:
        return
    if hasattr(sock, "unwrap"):
        try:
            sock.setblocking(False)
            sock.unwrap()
        except (OSError, ValueError):
            pass  # TLS has told the end, which the client need not answer
    end_output(sock, deadline, 1 << 24)


def end_output(sock, deadline, limit):
    """See to it that what was written arrives, past TLS where there is any.

    What the other side sends meanwhile has to be read for that: closing a socket that holds
    unread data throws away what is on its way.
    """
    try:
        socket.socket.shutdown(sock, socket.SHUT_WR)
        while limit > 0:
            _set_timeout(sock, deadline)
            data = socket.socket.recv(sock, 65536)
            if not data:
                return
            limit -= len(data)
    except (OSError, Refused):
        pass
