"""The byte stream."""

import os
import stat
from collections import deque
from itertools import islice

from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import OutputPoll

_SOCKET_TAKES = 131072
_MOST_PARTS = 1024  # for one system call
_os_write = os.write  # whatever executed code patches
_os_writev = getattr(os, "writev", None)


class Stream:
    """The two descriptors that frames travel on."""

    def __init__(self, read_fd, write_fd):
        self.read_fd = read_fd
        self._write_fd = write_fd
        if CAN_TELL_READABLE:
            self.takes_more = OutputPoll(write_fd).takes_more
        # A socket says that it does while so much of its buffer is free, a pipe when little is.
        is_socket = stat.S_ISSOCK(os.fstat(write_fd).st_mode)
        self.most_at_once = _SOCKET_TAKES if is_socket and CAN_TELL_READABLE else 0

    def read_chunk(self, size):
        """What has come, so much at most, or b"" at the end, however that came about."""
        try:
            return os.read(self.read_fd, size)
        except OSError:
            return b""

    def writing(self, parts):
        """Iterate once: when asked, write them, and say how many bytes the system has taken."""
        if len(parts) == 1:
            return map(_os_write, (self._write_fd,), parts)
        return map(_os_writev, (self._write_fd,), (parts,))

    def write_some(self, parts):
        """Write bytes of the first parts, with one system call; how many it took."""
        if len(parts) == 1:
            return os.write(self._write_fd, parts[0])
        if hasattr(os, "writev"):
            return os.writev(self._write_fd, parts)
        return os.write(self._write_fd, b"".join(parts))

    def write_all(self, parts):
        parts = when_there_is_memory(deque, parts)
        while parts:
            written = when_there_is_memory(self._write_some_of, parts)
            while parts and written >= len(parts[0]):
                written -= len(parts.popleft())
            if written:
                parts[0] = when_there_is_memory(_without, parts[0], written)

    def _write_some_of(self, parts):
        return self.write_some(list(islice(parts, _MOST_PARTS)))

    def close(self):
        fds = {self.read_fd, self._write_fd}
        self.read_fd = self._write_fd = -1  # the system uses their numbers again
        for fd in fds:
            try:
                os.close(fd)
            except OSError:
                pass


def _without(part, size):
    return memoryview(part)[size:]
