"""Frames as they come in, for one thread to take in order; some are dealt with before that."""

from .errors import ProtocolError
from .frames import GATEWAY_TERMINATE
from .frames import FrameDecoder
from .memory import when_there_is_memory

LEAVE = object()


class FrameReader:
    """Reads frames off a stream, until that ends or says that it does."""

    def __init__(self, stream):
        self._stream = stream
        self._decoder = FrameDecoder()
        # Types of frames to functions that must not wait. They leave a frame to its turn by saying
        # so, or by failing.
        self.urgent = {}
        self.lending = None  # where the thread that waits for an item may read
        self.error = None
        self.ended = False

    def read(self):
        """Wait for the next frames, deal with the urgent ones, and return the others."""
        lending = self.lending
        chunk = None
        if lending is not None and self._decoder.is_between():
            chunk = lending.lend()
        if chunk is None:
            chunk = self._read_chunk()
        frames = []
        try:
            if self.urgent:
                for frame in self._decoder.feed(chunk):
                    if not self._is_urgent(frame):
                        frames.append(frame)
            else:
                frames.extend(self._decoder.feed(chunk))
        except (ProtocolError, MemoryError) as exc:
            self.error = exc
        if not chunk or self.error or (frames and frames[-1][0] == GATEWAY_TERMINATE):
            self.ended = True
        if lending is not None:
            lending.came(frames)
        return frames

    def _read_chunk(self):
        try:
            return self._stream.read_chunk(self._decoder.wanted())
        except MemoryError:
            self._decoder.lose()
        return when_there_is_memory(self._stream.read_chunk, self._decoder.wanted())

    def _is_urgent(self, frame):
        """Whether it has been dealt with."""
        handler = self.urgent.get(frame[0])
        if handler is None:
            return False
        try:
            return handler(frame[1], frame[2]) is not LEAVE
        except ProtocolError:
            raise
        except Exception:
            return False

    def __iter__(self):
        while not self.ended:
            yield from self.read()
        if self.error:
            raise self.error
