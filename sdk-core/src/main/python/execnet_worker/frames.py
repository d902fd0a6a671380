"""Frames: a type, a channel id, a length and a payload."""

import struct

from .errors import ProtocolError
from .memory import Lost
from .memory import when_there_is_memory

STATUS = 0
RECONFIGURE = 1
GATEWAY_TERMINATE = 2
CHANNEL_EXEC = 3
CHANNEL_DATA = 4
CHANNEL_CLOSE = 5
CHANNEL_CLOSE_ERROR = 6
CHANNEL_LAST_MESSAGE = 7
FIRST_EXTENSION = 64  # types from here on may be skipped by who doesn't know them
OUTPUT = 64
OUTPUT_CREDIT = 65
HELLO = 66
CREDIT = 67
CANCEL = 68
PING = 69
PONG = 70
DIAGNOSE = 71
DIAGNOSIS = 72
MARSHAL_DATA = 73
MARSHAL_ITEMS = 74
BYTES_DATA = 75

_HEADER = struct.Struct(">bii")
HEADER_SIZE = _HEADER.size
pack_header = _HEADER.pack
_USUAL_READ = 65536
_LARGE = 32768  # such payloads are read by themselves, so that no part of them is copied
_LARGEST_READ = 1048576


class FrameDecoder:
    """Bytes in, split in any way; frames out."""

    def __init__(self):
        self._head = b""  # what has come of an incomplete header
        self._frame = None  # type, channel id and length of a frame whose payload is incomplete
        self._parts = None  # what has come of that payload, unless it is lost
        self._missing = 0  # so much of it is still to come
        self._was_large = False  # the last payload, so the next may be too

    def is_between(self):
        """Whether no frame has come in part."""
        return not (self._missing or self._head)

    def wanted(self):
        """How many bytes to read next."""
        if not self._missing:
            return HEADER_SIZE if self._was_large else _USUAL_READ
        if self._frame[2] < _LARGE or self._parts is None:
            return _USUAL_READ
        return min(self._missing, _LARGEST_READ)

    def feed(self, chunk):
        """Yield a (type, channel id, payload) for each frame that is now complete.

        A payload that there is no memory for is a Lost one; what comes after it is found.
        """
        size = len(chunk)
        offset = self._missing
        if offset > size:
            self._missing = offset - size
            self._keep(chunk, 0, size)
            return
        if offset:
            self._missing = 0
            self._keep(chunk, 0, offset)
            self._was_large = self._frame[2] >= _LARGE and offset == size
            yield self._completed()
            if offset == size:
                return
        elif self._head:
            chunk = when_there_is_memory(b"".join, (self._head, chunk))
            size = len(chunk)
            self._head = b""
        self._was_large = False
        while size - offset >= HEADER_SIZE:
            msgcode, channelid, length = _HEADER.unpack_from(chunk, offset)
            if length < 0:
                raise ProtocolError("a frame of negative length %d" % length)
            start = offset + HEADER_SIZE
            offset = start + length
            if offset > size:
                self._missing = offset - size
                self._frame = msgcode, channelid, length
                self._parts = []
                if start < size:
                    self._keep(chunk, start, size)
                return
            try:
                payload = chunk[start:offset]
            except MemoryError:
                payload = Lost(length)
            yield msgcode, channelid, payload
        self._head = chunk[offset:]

    def _keep(self, chunk, start, end):
        try:
            if self._parts is not None:
                self._parts.append(chunk[start:end])
        except MemoryError:
            self.lose()

    def lose(self):
        """Let go what has come of an incomplete payload: there is no memory for more."""
        self._parts = None

    def _completed(self):
        msgcode, channelid, length = self._frame
        payload = None
        try:
            if self._parts is not None:
                payload = b"".join(self._parts)
        except MemoryError:
            pass
        self._parts = None
        return msgcode, channelid, Lost(length) if payload is None else payload


class Message:
    """One frame, for code that relays gateways over streams of its own."""

    def __init__(self, msgcode, channelid=0, data=b""):
        self.msgcode = msgcode
        self.channelid = channelid
        self.data = data

    @staticmethod
    def from_io(io):
        try:
            header = io.read(HEADER_SIZE)
        except EOFError as exc:
            raise EOFError("couldn't load message header, %s" % exc) from None
        msgcode, channelid, length = _HEADER.unpack(header)
        if length < 0:
            raise ProtocolError("a frame of negative length %d" % length)
        return Message(msgcode, channelid, io.read(length))

    def to_io(self, io):
        io.write(pack_header(self.msgcode, self.channelid, len(self.data)) + self.data)

    def __repr__(self):
        return "<Message type=%d channel=%d length=%d>" % (
            self.msgcode,
            self.channelid,
            len(self.data),
        )


class Popen2IO:
    """Reads from a child's stdout and writes to its stdin, both given as binary files."""

    error = (OSError, ValueError, EOFError)

    def __init__(self, stdin, stdout, execmodel):
        self.stdin = stdin
        self.stdout = stdout
        self.execmodel = execmodel

    def read(self, numbytes):
        """Exactly that many bytes, or EOFError."""
        parts = []
        missing = numbytes
        while missing > 0:
            part = self.stdout.read(missing)
            if not part:
                raise EOFError("expected %d bytes, got %d" % (numbytes, numbytes - missing))
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def write(self, data):
        self.stdin.write(data)
        self.stdin.flush()

    def close_read(self):
        self.stdout.close()

    def close_write(self):
        self.stdin.close()
