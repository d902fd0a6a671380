"""Frames as they come in, for one thread to take in order; some are dealt with before that."""

import threading
from collections import deque

from .errors import ProtocolError
from .frames import GATEWAY_TERMINATE
from .frames import FrameDecoder


class FrameReader:
    """Reads frames off a stream, until that ends or says that it does."""

    def __init__(self, stream):
        self._stream = stream
        self._feed = FrameDecoder().feed
        self.urgent = {}  # types of frames to functions that must not wait
        self.error = None
        self.ended = False

    def read(self):
        """Wait for the next frames, deal with the urgent ones, and return the others."""
        chunk = self._stream.read_chunk()
        frames = []
        try:
            for frame in self._feed(chunk):
                handler = self.urgent.get(frame[0])
                if handler is None:
                    frames.append(frame)
                else:
                    handler(frame[1], frame[2])
        except ProtocolError as exc:
            self.error = exc
        if not chunk or self.error or (frames and frames[-1][0] == GATEWAY_TERMINATE):
            self.ended = True
        return frames

    def __iter__(self):
        while not self.ended:
            yield from self.read()
        if self.error:
            raise self.error


class SharedFrames:
    """The frames for one thread, where others may wait for what an urgent one brings about.

    Whoever waits reads. It can't always be that one thread: a callback which it runs may be
    waiting for the urgent frame itself, in a print for which there is no room yet.
    """

    def __init__(self, reader, on_end):
        self._reader = reader
        self._on_end = on_end
        self._condition = threading.Condition(threading.Lock())
        self._frames = deque()
        self._reading = False
        self.ended = False

    def wait(self, condition):
        """Return when the condition holds, or nothing comes any more."""
        while True:
            with self._condition:
                while not (condition() or self.ended) and self._reading:
                    self._condition.wait()
                if condition() or self.ended:
                    return
                self._reading = True
            self._read()

    def _read(self):
        frames = ()
        try:
            frames = self._reader.read()
        finally:
            with self._condition:
                self._frames.extend(frames)
                self._reading = False
                self.ended = self._reader.ended
                self._condition.notify_all()
        if self.ended:
            self._on_end()

    def __iter__(self):
        while True:
            self.wait(lambda: self._frames)
            if not self._frames:
                break
            while self._frames:
                yield self._frames.popleft()
        if self._reader.error:
            raise self._reader.error
