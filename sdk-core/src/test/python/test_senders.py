"""Sending with credit, over streams of the system: by several threads, and amid signals."""

import marshal
import os
import random
import signal
import socket
import struct
import sys
import threading
import unittest

import master
import outbox_case
import program  # noqa: F401 (makes the modules importable)
from execnet_worker import frames
from execnet_worker.cancelling import Interrupts
from execnet_worker.execmodels import ThreadModel
from execnet_worker.outbox import Outbox
from execnet_worker.sending import SendingCredit
from execnet_worker.stream import Stream


def large(number):
    return b"%-5000d" % number


def items_of(msgcode, payload):
    """Of a frame, and what they count for."""
    if msgcode == frames.BYTES_DATA:
        return [payload], len(payload)
    value = marshal.loads(payload)
    return (value, len(payload) - 5) if msgcode == frames.MARSHAL_ITEMS else ([value], len(payload))


class SendersTest(unittest.TestCase):
    @unittest.skipIf(
        sys.version_info < (3, 10), "there, a signal handler may leave any lock locked: bpo-29988"
    )
    def test_exceptions_of_signal_handlers_lose_and_double_nothing(self):
        for pause in (0.0001, 0.001):  # and so short ones that the queue is never empty
            ours, theirs = socket.socketpair()
            for descriptors in (os.pipe(), (theirs.detach(), ours.detach())):
                self.lose_and_double_nothing(pause, *descriptors)

    def lose_and_double_nothing(self, pause, read_fd, write_fd):
        model = ThreadModel()
        stream = Stream(read_fd, write_fd)
        outbox = Outbox(stream, model, Interrupts(model), lambda: None)
        credit = SendingCredit((64, 10**6, 10**6), model, Interrupts(model), outbox)
        channel = outbox_case.Channel(1, credit)
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
        number = 0
        while number < 30000:
            number += 1
            make = generator.choice((int, int, int, float, str, str, large))
            items = [make(number + i) for i in range(generator.choice((1, 100)))]
            try:
                armed.append(True)
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + generator.random() * pause)
                for item in items:
                    channel.send(item)
                    sent.append(number)
                    number += 1
                armed.clear()
            except TimeoutError:
                pass
        outbox.flush()
        os.close(write_fd)
        reader.join(master.TIMEOUT)
        os.close(read_fd)
        self.assertEqual(arrived, sorted(set(arrived)))
        self.assertLessEqual(set(sent), set(arrived))
        self.assertGreater(number - 1, len(sent))  # some were interrupted
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
        channel = outbox_case.Channel(1, credit)

        def trace(frame, event, arg):
            return trace

        def send(at):
            if at in traced:
                sys.settrace(trace)
            for number in range(1000):
                channel.send(number if number % 100 < 90 else str(number))

        senders = [threading.Thread(target=send, args=(at,)) for at in range(4)]
        outbox.start()
        for sender in senders:
            sender.start()
        decoder = frames.FrameDecoder()
        arrived = 0
        outstanding = size = 0
        while arrived < 4000:
            for msgcode, _, payload in decoder.feed(os.read(read_fd, 65536)):
                items, more = items_of(msgcode, payload)
                arrived += len(items)
                outstanding += len(items)
                size += more
            self.assertLessEqual(outstanding, 20)
            if outstanding >= 10 or arrived == 4000:
                credit.credit(1, channel, struct.pack(">ii", outstanding, size))
                outstanding = size = 0
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
            for msgcode, _, payload in decoder.feed(chunk):
                items, size = items_of(msgcode, payload)
                numbers += map(int, items)
                credit.credit(1, channel, struct.pack(">ii", len(items), size))


if __name__ == "__main__":
    unittest.main()
