"""The server's log: to standard error, and of refused clients no more than is good to read."""

import sys
import time

_WINDOW_SECONDS = 10
_LINES_PER_WINDOW = 20


def log(text):
    try:
        sys.stderr.write("execnet socketserver: %s\n" % text)
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        pass  # nobody listens


class RefusalLog:
    """One line a refusal, until there are too many: then one line that counts the others."""

    def __init__(self, write=log, clock=time.monotonic):
        self._write = write
        self._clock = clock
        self._window_ends = None
        self._lines = self._silent = 0

    def refused(self, who, why):
        self.tick()
        if self._window_ends is None:
            self._window_ends = self._clock() + _WINDOW_SECONDS
        if self._lines < _LINES_PER_WINDOW:
            self._lines += 1
            self._write("refused %s: %s" % (who, why))
        else:
            self._silent += 1

    def tick(self):
        """To be called now and then; tells in how many seconds again, or None."""
        if self._window_ends is None:
            return None
        left = self._window_ends - self._clock()
        if left > 0:
            return left
        self.end()
        return None

    def end(self):
        """Write what is not yet written."""
        if self._silent:
            self._write("refused %d more in %d seconds" % (self._silent, _WINDOW_SECONDS))
        self._window_ends = None
        self._lines = self._silent = 0
