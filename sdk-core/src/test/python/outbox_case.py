"""What the tests of the way out have in common: one that writes into a list, and its channels."""

import unittest

import master
import program  # noqa: F401 (makes the modules importable)
from execnet_worker.channels import Channel as WorkerChannel
from execnet_worker.encoding import encode_quickly
from execnet_worker.execmodels import ThreadModel
from execnet_worker.native import SWITCHES_AT_CALLS
from execnet_worker.native import new_lock
from execnet_worker.outbox import Outbox
from execnet_worker.runs import NoRun
from execnet_worker.sending import Outgoing

by_the_sender = unittest.skipUnless(SWITCHES_AT_CALLS, "here the writer thread writes all")


class Channel:
    """What of one is needed to send on it, with this credit."""

    _closed = _received = False
    _items = ()
    _run = NoRun
    _encode = staticmethod(encode_quickly)
    send = WorkerChannel.send

    def __init__(self, channel_id, sending):
        self.id = channel_id
        self._outgoing = Outgoing()
        self._sending = sending
        self._queue = sending._queue
        self._interrupts = sending._interrupts
        self.gateway = self


class Forgetful:
    """Fails each first time."""

    def __init__(self, function):
        self._function = function
        self.failed = False

    def __call__(self, *args):
        if not self.failed:
            self.failed = True
            raise MemoryError
        return self._function(*args)


class OutboxCase(unittest.TestCase):
    def setUp(self):
        self.written = []
        self.broken = new_lock()
        self.broken.acquire()
        self.outbox = Outbox(self, ThreadModel(), self, self.broken.release)

    # As the interrupts do

    def wait_for(self, latch, timeout):
        latch.wait(master.TIMEOUT)

    # As a stream does

    most_at_once = 0

    def takes_more(self):
        return True

    def writing(self, parts):
        return map(self.write_one, parts)

    def write_one(self, frame):
        self.written.append(frame)
        return len(frame)

    def write_some(self, parts):
        self.written.extend(parts)
        return sum(map(len, parts))

    def write_all(self, parts):
        if self.broken is None:
            raise BrokenPipeError
        self.write_some(parts)
