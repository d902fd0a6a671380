"""How native threads reach the green threads of a hub, and wake it up."""

from collections import deque
from functools import partial

from .cancelling import Interrupts
from .native import monotonic
from .native import new_lock
from .native import ring
from .native import start_thread
from .waiting import Waiters


class HubCalls:
    """Calls that native threads hand over to the hub's thread, in order.

    A byte on a socket pair is what wakes a hub from any thread, whatever library it belongs to.
    """

    def __init__(self, execmodel):
        import socket

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

    Where it is bounded, the native thread reads ahead by a few chunks only, so that a slow hub
    slows its master down. It can't be where what keeps the hub may wait for an urgent frame.
    """

    AHEAD = 16

    def __init__(self, reader, execmodel, hub_calls, on_end, bounded):
        self._reader = reader
        self._chunks = deque()  # the frames of each chunk
        self._arrived = Waiters(execmodel.Latch)
        self._hub_calls = hub_calls
        self._on_end = on_end
        self._go_on = new_lock()
        self._ahead = self.AHEAD if bounded else float("inf")
        self.ended = False
        start_thread(self._read, ())

    def _read(self):
        while not self.ended:
            frames = self._reader.read()
            if self._reader.ended:
                self._on_end()  # from here: a busy hub might never notice
            self._chunks.append(frames)
            self.ended = self._reader.ended
            self._hub_calls.call_soon(self._arrived.wake_all)
            while len(self._chunks) >= self._ahead and not self.ended:
                self._go_on.acquire()

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
                self._arrived.wait(self._has_more)
        if self._reader.error:
            raise self._reader.error

    def _has_more(self):
        return self._chunks or self.ended


class GreenInterrupts(Interrupts):
    """Raises exceptions in green threads; by signal in one that does not let others run."""

    def __init__(self, execmodel, hub_calls):
        super().__init__(execmodel)
        self._execmodel = execmodel
        self._hub_calls = hub_calls

    def _begin(self, target):
        super()._begin(target)
        target.green = self._execmodel.current()

    def _end(self, target, ident):
        target.green = None

    def cancel(self, target, then):
        super().cancel(target, partial(self._hub_calls.call_soon, then))

    def _kick(self, target, again):
        if target.due is not None and target.ident is not None:
            self._hub_calls.call_soon(self._throw_green, target)
            if again and self._handler is not None:
                self._signal(again)
        return target.due is not None

    def _throw_green(self, target):
        if target.due is not None and target.green is not None:
            due, target.due = target.due, None
            self._execmodel.throw(target.green, due)

    # The library ends its waits itself.

    def wait_for(self, event, timeout=None):
        target = self.target()
        if target is None:
            event.wait(timeout)
            return
        before = target.waits  # of the wait that a signal handler is in
        target.waits = (monotonic(), event)
        try:
            event.wait(timeout)
        finally:
            target.waits = before
