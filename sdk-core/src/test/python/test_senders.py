"""Sending with credit, over streams of the system: by several threads, and amid signals."""

import os
import random
import signal
import socket
import struct
import sys
import threading
import unittest

import master
import program  # noqa: F401 (makes the modules importable)
from execnet_worker import frames
from execnet_worker.cancelling import Interrupts
from execnet_worker.execmodels import ThreadModel
from execnet_worker.outbox import Outbox
from execnet_worker.sending import Outgoing
from execnet_worker.sending import SendingCredit
from execnet_worker.stream import Stream


class Channel:
    """What of one is needed to send on it."""

    id = 1
    _closed = _received = False
    _items = ()

    def __init__(self):
        self._outgoing = Outgoing()


class SendersTest(unittest.TestCase):
    @unittest.skipIf(
        sys.version_info < (3, 10), "there, a signal handler may leave any lock locked: bpo-29988"
    )
    def test_exceptions_of_signal_handlers_lose_and_double_nothing(self):
        ours, theirs = socket.socketpair()
        for descriptors in (os.pipe(), (theirs.detach(), ours.detach())):
            self.lose_and_double_nothing(*descriptors)

    def lose_and_double_nothing(self, read_fd, write_fd):
        model = ThreadModel()
        stream = Stream(read_fd, write_fd)
        outbox = Outbox(stream, model, Interrupts(model), lambda: None)
        credit = SendingCredit((64, 10**6, 10**6), model, Interrupts(model), outbox)
        channel = Channel()
        arrived = []
        reader = threading.Thread(target=self.read_frames, args=(read_fd, credit, channel, arrived))
        reader.start()

        armed = []

        def interrupt(signum, frame):
            if armed:
                armed.clear()
                raise TimeoutError

        generator = random.Random(2)
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, interrupt))
        outbox.start()
        sent = []
        for number in range(3000):
            payload = struct.pack(">i", number) * generator.choice((1, 1, 1, 3000))
            try:
                armed.append(True)
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + generator.random() * 0.0001)
                credit.send(channel, 4, payload)
                sent.append(number)
                armed.clear()
            except TimeoutError:
                pass
        outbox.flush()
        os.close(write_fd)
        reader.join(master.TIMEOUT)
        os.close(read_fd)
        self.assertEqual(arrived, sorted(set(arrived)))
        self.assertLessEqual(set(sent), set(arrived))
        self.assertGreater(3000, len(sent))  # some were interrupted
        self.assertEqual((channel._outgoing.items, channel._outgoing.size), (0, 0))

    def test_threads_that_send_at_once_keep_to_their_credit(self):
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-6)
        for traced in ((), (0,), (0, 1)):
            self.send_at_once(traced)

    def send_at_once(self, traced):
        read_fd, write_fd = os.pipe()
        model = ThreadModel()
        outbox = Outbox(Stream(read_fd, write_fd), model, Interrupts(model), lambda: None)
        credit = SendingCredit((20, 10**6, 10**6), model, Interrupts(model), outbox)
        channel = Channel()

        def trace(frame, event, arg):
            return trace

        def send(at):
            if at in traced:
                sys.settrace(trace)
            for _ in range(1000):
                credit.send(channel, 4, b"x")

        senders = [threading.Thread(target=send, args=(at,)) for at in range(4)]
        outbox.start()
        for sender in senders:
            sender.start()
        decoder = frames.FrameDecoder()
        arrived = credited = 0
        while arrived < 4000:
            arrived += len(list(decoder.feed(os.read(read_fd, 65536))))
            self.assertLessEqual(arrived - credited, 20)
            if arrived - credited >= 10 or arrived == 4000:
                items = arrived - credited
                credited = arrived
                credit.credit(1, channel, struct.pack(">ii", items, items))
        for sender in senders:
            sender.join(master.TIMEOUT)
        outbox.end()
        os.close(write_fd)
        os.close(read_fd)
        self.assertEqual((channel._outgoing.items, channel._outgoing.size), (0, 0))
        self.assertEqual(credit._outstanding, 0)

    def read_frames(self, read_fd, credit, channel, numbers):
        decoder = frames.FrameDecoder()
        for chunk in iter(lambda: os.read(read_fd, 65536), b""):
            for _, _, payload in decoder.feed(chunk):
                numbers.append(struct.unpack_from(">i", payload)[0])
                credit.credit(1, channel, struct.pack(">ii", 1, len(payload)))


if __name__ == "__main__":
    unittest.main()
