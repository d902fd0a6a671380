"""How native threads reach the green threads of a hub, and wake it up."""

import socket
from collections import deque

from .native import new_lock
from .native import ring
from .native import start_thread


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


class GreenFrames:
    """Frames that a native thread reads, for one green thread to take.

    The native thread reads ahead by a few chunks only, so that a slow hub slows its master down;
    except for who waits for an urgent frame, as that may be what keeps the hub.
    """

    AHEAD = 16

    def __init__(self, reader, execmodel, hub_calls, on_end):
        self._reader = reader
        self._chunks = deque()  # the frames of each chunk
        self._arrived = execmodel.Condition()
        self._hub_calls = hub_calls
        self._on_end = on_end
        self._go_on = new_lock()
        self._bells = []  # of those who wait for an urgent frame
        self.ended = False
        start_thread(self._read, ())

    def _read(self):
        while not self.ended:
            frames = self._reader.read()
            if self._reader.ended:
                self._on_end()  # from here: a busy hub might never notice
            self._chunks.append(frames)
            self.ended = self._reader.ended
            for bell in list(self._bells):
                ring(bell)
            self._hub_calls.call_soon(self._arrived.notify_all)
            while len(self._chunks) >= self.AHEAD and not (self._bells or self.ended):
                self._go_on.acquire()

    def wait(self, condition):
        """Return when the condition holds, or nothing comes any more; for native threads."""
        if condition() or self.ended:
            return
        bell = new_lock()
        bell.acquire()
        self._bells.append(bell)
        ring(self._go_on)
        while not (condition() or self.ended):
            bell.acquire()
        self._bells.remove(bell)

    def __iter__(self):
        while True:
            ended = self.ended  # asked first, so that the last chunk is not missed
            if self._chunks:
                frames = self._chunks.popleft()
                ring(self._go_on)
                yield from frames
            elif ended:
                break
            else:
                self._arrived.wait()
        if self._reader.error:
            raise self._reader.error
