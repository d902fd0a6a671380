"""How native threads reach the green threads of a hub, and wake it up."""

import _thread
import socket
from collections import deque


class HubCalls:
    """Calls that native threads hand over to the hub's thread, in order.

    A byte on a socket pair is what wakes a hub from any thread, whatever library it belongs to.
    """

    def __init__(self, execmodel):
        self._calls = deque()
        self._bell, ear = socket.socketpair()
        self._bell.setblocking(False)
        execmodel.start(self._listen, (execmodel.wrap_socket(ear),))

    def call_soon(self, func, *args):
        self._calls.append((func, args))
        try:
            self._bell.send(b"!")
        except OSError:
            pass  # full: it has been rung often enough, or closed: nobody listens any more

    def _listen(self, ear):
        while ear.recv(4096):
            while self._calls:
                func, args = self._calls.popleft()
                func(*args)


class GreenChunks:
    """Chunks that a native thread reads, for one green thread to take.

    The native thread reads ahead by a few chunks only, so that a slow hub slows its master down.
    """

    AHEAD = 16

    def __init__(self, stream, execmodel, hub_calls, on_end):
        self._stream = stream
        self._chunks = deque()
        self._arrived = execmodel.Condition()
        self._hub_calls = hub_calls
        self._on_end = on_end
        self._go_on = _thread.allocate_lock()
        _thread.start_new_thread(self._read, ())

    def _read(self):
        chunk = b"first"
        while chunk:
            chunk = self._stream.read_chunk()
            if not chunk:
                self._on_end()  # from here: a busy hub might never notice
            self._chunks.append(chunk)
            self._hub_calls.call_soon(self._arrived.notify_all)
            while len(self._chunks) >= self.AHEAD:
                self._go_on.acquire()

    def read_chunk(self):
        while not self._chunks:
            self._arrived.wait()
        chunk = self._chunks.popleft()
        try:
            self._go_on.release()
        except RuntimeError:
            pass  # nobody took it since the last time
        return chunk
