"""The byte stream."""

import os
import stat
from collections import deque
from itertools import islice

from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import SWITCHES_AT_CALLS
from .native import PipeAtOnce
from .native import SocketAtOnce

_MOST_PARTS = 1024  # for one system call


class Stream:
    """The two descriptors that frames travel on."""

    def __init__(self, read_fd, write_fd):
        self.read_fd = read_fd
        self._write_fd = write_fd
        self.at_once = None  # what writes without a wait, if that can be had
        if SWITCHES_AT_CALLS and CAN_TELL_READABLE:
            is_socket = stat.S_ISSOCK(os.fstat(write_fd).st_mode)
            self.at_once = (SocketAtOnce if is_socket else PipeAtOnce)(write_fd)

    def read_chunk(self, size):
        """What has come, so much at most, or b"" at the end, however that came about."""
        try:
            return os.read(self.read_fd, size)
        except OSError:
            return b""

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
        if self.at_once is not None:
            self.at_once.close()
        for fd in {self.read_fd, self._write_fd}:
            try:
                os.close(fd)
            except OSError:
                pass


def _without(part, size):
    return memoryview(part)[size:]
