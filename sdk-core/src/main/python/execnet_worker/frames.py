"""Frames: a type, a channel id, a length and a payload."""

import struct

from .errors import ProtocolError

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

_HEADER = struct.Struct(">bii")
HEADER_SIZE = _HEADER.size
pack_header = _HEADER.pack


class FrameDecoder:
    """Bytes in, split in any way; frames out."""

    def __init__(self):
        self._pending = []  # what has come of an incomplete frame
        self._size = 0
        self._wanted = 0

    def feed(self, chunk):
        """Yield a (type, channel id, payload) for each frame that is now complete."""
        if self._pending:
            self._pending.append(chunk)
            self._size += len(chunk)
            if self._size < self._wanted:
                return
            chunk = b"".join(self._pending)
            self._pending = []
        size = len(chunk)
        offset = 0
        wanted = HEADER_SIZE
        while size - offset >= HEADER_SIZE:
            msgcode, channelid, length = _HEADER.unpack_from(chunk, offset)
            if length < 0:
                raise ProtocolError("a frame of negative length %d" % length)
            start = offset + HEADER_SIZE
            end = start + length
            if end > size:
                wanted = end - offset
                break
            offset = end
            yield msgcode, channelid, chunk[start:end]
        if offset < size:
            self._pending = [chunk[offset:]]
            self._size = size - offset
            self._wanted = wanted


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
