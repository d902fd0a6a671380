"""Whether the other end of a TCP connection is still there, though it may be silent or not read."""

import socket
import struct
import sys
import time

LOOKS = 4
_PROBES = 3
_UNANSWERED = 3  # questions whether there is room again, of which one may get lost
_TCP_INFO = struct.Struct("=3xB20xI28xI")  # of Linux: probes, unacked, last_ack_recv


def keep_alive(sock, seconds):
    """An end that has vanished without a word is noticed by the kernel, where nothing is sent."""
    interval = max(1, int(seconds) // (2 * _PROBES))
    idle = max(1, int(seconds) - _PROBES * interval)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in (
        ("TCP_KEEPIDLE", idle),
        ("TCP_KEEPALIVE", idle),
        ("TCP_KEEPINTVL", interval),
        ("TCP_KEEPCNT", _PROBES),
    ):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class AnswerWatch:
    """Notices it where something is sent, which the kernel takes a quarter of an hour for.

    Its TCP_USER_TIMEOUT would give up an end that is well and only doesn't read.
    """

    def __init__(self, sock, seconds):
        self._sock = sock
        self._seconds = seconds
        self._waiting_since = None

    def is_gone(self):
        """To be asked LOOKS times in that many seconds."""
        if not sys.platform.startswith("linux"):
            return False
        try:
            info = self._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
            probes, unacked, last_answer = _TCP_INFO.unpack(info)
        except (OSError, struct.error):
            return False  # it has been closed, or is no TCP socket
        now = time.monotonic()
        if not unacked and probes < _UNANSWERED:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = now
        else:
            silent = min(now - self._waiting_since, last_answer / 1000)
            return silent >= self._seconds
        return False
