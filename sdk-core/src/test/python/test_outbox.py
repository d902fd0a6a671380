"""What is on its way out: where memory runs out, where the stream breaks, and at the end."""

import itertools
import os
import random
import signal
import socket
import struct
import sys
import threading
import time
import unittest
import unittest.mock

import master
import program  # noqa: F401 (makes the modules importable)
from execnet_worker import frames
from execnet_worker.cancelling import Interrupts
from execnet_worker.execmodels import ThreadModel
from execnet_worker.native import SWITCHES_AT_CALLS
from execnet_worker.native import native_sleep
from execnet_worker.native import new_lock
from execnet_worker.native import start_thread
from execnet_worker.outbox import Outbox
from execnet_worker.sending import Outgoing
from execnet_worker.sending import SendingCredit
from execnet_worker.stream import Stream


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


by_the_sender = unittest.skipUnless(SWITCHES_AT_CALLS, "here the writer thread writes all")


def fill(fd):
    """Write to it until it takes no more; how many bytes."""
    os.set_blocking(fd, False)
    written = 0
    try:
        while True:
            written += os.write(fd, b"x" * 65536)
    except BlockingIOError:
        os.set_blocking(fd, True)
        return written


class Channel:
    """What of one is needed to send on it."""

    id = 1
    _closed = _received = False
    _items = ()

    def __init__(self):
        self._outgoing = Outgoing()


class OutboxTest(unittest.TestCase):
    def setUp(self):
        self.written = []
        self.broken = new_lock()
        self.broken.acquire()
        self.outbox = Outbox(self, ThreadModel(), self, self.broken.release)

    def wait_for(self, latch, timeout):  # as the interrupts do
        latch.wait(master.TIMEOUT)

    def write_some(self, parts):
        self.written.extend(parts)
        return sum(map(len, parts))

    def write_all(self, parts):
        if self.broken is None:
            raise BrokenPipeError
        self.write_some(parts)

    def test_no_memory_for_a_frame_on_its_way(self):
        make = Forgetful(lambda: [b"made"])
        self.outbox.post_when_written(make)
        self.outbox.start()
        self.outbox.send(4, 1, b"x" * 1000000)  # returns when that is written
        self.assertTrue(make.failed)
        expected = [b"made", frames.pack_header(4, 1, 1000000), b"x" * 1000000]
        self.assertEqual(self.written, expected)

    def test_no_memory_to_write(self):
        read_fd, write_fd = os.pipe()
        stream = Stream(read_fd, write_fd)
        self.addCleanup(stream.close)
        stream.write_some = Forgetful(stream.write_some)
        stream.write_all([b"abc", b"def"])
        self.assertTrue(stream.write_some.failed)
        self.assertEqual(os.read(read_fd, 100), b"abcdef")

    def test_a_stream_is_closed_once(self):
        fds = os.pipe()
        stream = Stream(*fds)
        stream.close()
        again = os.pipe()
        self.assertEqual(again, fds)
        stream.close()
        for fd in again:
            os.close(fd)

    def test_more_parts_than_the_system_takes_at_once(self):
        ours, theirs = socket.socketpair()
        stream = Stream(-1, theirs.detach())
        self.addCleanup(stream.close)
        outbox = Outbox(stream, ThreadModel(), self, self.broken.release)
        self.addCleanup(outbox.end)
        for number in range(5000):
            outbox.post_when_written(lambda number=number: [b"%04d" % number])
        outbox.start()
        with ours, ours.makefile("rb") as file:
            for number in range(5000):
                self.assertEqual(file.read(4), b"%04d" % number)

    def test_who_waits_to_send_learns_that_the_connection_is_broken(self):
        broken, self.broken = self.broken, None
        self.outbox.start()
        with self.assertRaises(OSError):
            for _ in range(2):  # it may be too late for the first
                self.outbox.send(4, 1, b"x" * 1000000)
        self.assertTrue(broken.acquire(True, master.TIMEOUT))

    @by_the_sender
    def test_what_a_signal_handler_raises_breaks_no_connection(self):
        outcomes = [FileNotFoundError(2, "no such file"), TimeoutError(), 13, 5, TimeoutError()]

        def write(frame):
            outcome = outcomes.pop() if outcomes else len(frame)
            if isinstance(outcome, Exception):
                raise outcome
            self.written.append(frame[:outcome])
            return outcome

        self.write_one = write
        with self.assertRaises(TimeoutError):
            self.outbox.send(4, 1, b"some")
        self.outbox.flush()
        self.outbox.send(4, 3, b"some")  # a part of it is written
        self.outbox.flush()
        self.outbox.send(4, 5, b"some")
        with self.assertRaises(TimeoutError):
            self.outbox.send(4, 7, b"some")
        self.outbox.flush()
        with self.assertRaises(FileNotFoundError):
            self.outbox.send(4, 9, b"some")
        self.outbox.flush()
        self.assertEqual(self.outbox.dead, [])
        expected = [frames.pack_header(4, n, 4) + b"some" for n in (1, 3, 5, 7, 9)]
        self.assertEqual(b"".join(self.written), b"".join(expected))

    most_at_once = 0

    def takes_more(self):
        return True

    @by_the_sender
    def test_who_writes_all_waits_for_who_writes_alone(self):
        def write(frame):
            start_thread(flush, ())
            while not self.outbox._batches:
                native_sleep(0.001)
            self.written.append(frame)
            return len(frame)

        def flush():
            self.outbox.flush()
            flushed.release()

        flushed = new_lock()
        self.write_one = write
        for number in range(10):
            flushed.acquire()
            self.outbox.send(4, number, b"some")
            self.assertTrue(flushed.acquire(True, master.TIMEOUT))
            flushed.release()
        expected = [frames.pack_header(4, n, 4) + b"some" for n in range(10)]
        self.assertEqual(self.written, expected)

    @by_the_sender
    def test_what_would_have_to_wait_is_left_to_the_writer(self):
        for sides in (os.pipe(), [end.detach() for end in socket.socketpair()]):
            read_fd, write_fd = sides
            stream = Stream(read_fd, write_fd)
            self.addCleanup(stream.close)
            outbox = Outbox(stream, ThreadModel(), self, self.broken.release)
            filled = fill(write_fd)
            outbox.send(4, 1, b"some")
            self.assertEqual(len(outbox.queue), 1)
            for _ in range(filled // 65536):
                os.read(read_fd, 65536)
            outbox.flush()
            rest = frames.pack_header(4, 1, 4) + b"some"
            read = b""
            while not read.endswith(rest):
                read = (read + os.read(read_fd, 65536))[-100:]

    @by_the_sender
    def test_what_runs_while_the_system_is_asked_may_send_and_wait(self):
        def ask():
            self.takes_more = answer
            self.outbox.send(4, 1, b"first" * 200000)  # waits until the writer has written it
            return True

        answer = self.takes_more
        self.outbox.start()
        for _ in range(10):
            self.takes_more = ask
            self.outbox.send(4, 2, b"some")
        self.outbox.flush()
        written = b"".join(self.written)
        self.assertEqual(written.count(b"some"), 10)
        self.assertEqual(written.count(b"first" * 200000), 10)

    @by_the_sender
    def test_what_the_system_takes_a_part_of_is_finished_by_the_writer(self):
        ours, theirs = [end.detach() for end in socket.socketpair()]
        stream = Stream(theirs, ours)
        self.addCleanup(stream.close)
        outbox = Outbox(stream, ThreadModel(), self, self.broken.release)
        payload = bytes(range(250)) * 400
        outbox.start()
        reader = threading.Thread(target=self.read_frames_of, args=(theirs, payload, 200))
        reader.start()
        for number in range(200):
            outbox.send(4, number, payload)
        reader.join(master.TIMEOUT)
        self.assertFalse(reader.is_alive())
        outbox.end()

    def read_frames_of(self, fd, payload, count):
        decoder = frames.FrameDecoder()
        number = 0
        while number < count:
            for frame in decoder.feed(os.read(fd, 10000)):
                if frame != (4, number, payload):
                    raise AssertionError("frame %d is another" % number)
                number += 1

    def writing(self, parts):
        return map(self.write_one, parts)

    def write_one(self, frame):
        self.written.append(frame)
        return len(frame)

    def test_frames_of_a_stream_are_written_together(self):
        frame_of = frames.pack_header
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: 1):
            for number in range(300):
                self.outbox.send(4, number, b"x")
        self.assertLess(len(self.written), 40)
        self.outbox.send(4, 300, b"x" * 5000)
        self.outbox.flush()
        self.assertLess(len(self.written), 50)
        expected = [frame_of(4, number, 1) + b"x" for number in range(300)]
        expected.append(frame_of(4, 300, 5000) + b"x" * 5000)
        self.assertEqual(b"".join(self.written), b"".join(expected))

    @by_the_sender
    def test_answers_of_one_who_has_more_to_answer_are_written_together(self):
        times = itertools.repeat(1)
        frame = frames.pack_header(4, 1, 1) + b"x"
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: next(times)):
            for _ in range(30):
                self.outbox.queue.append(frame)
                self.outbox.push(frame, True)
            self.assertEqual(self.written, [frame] * 4)
            times = itertools.count(2)
            self.outbox.flush()
            self.assertEqual(self.written, [frame] * 4 + [frame * 26])
            self.outbox.run = 0  # it waits for more
            for _ in range(3):  # these are not soon after each other
                self.outbox.queue.append(frame)
                self.outbox.push(frame, True)
                self.assertEqual(self.written[-1], frame)

    def test_who_sends_a_stream_waits_for_room(self):
        self.outbox.start()
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: 1):
            for number in range(10000):
                self.outbox.send(4, number, b"x")
                self.assertLessEqual(len(self.outbox.queue), 512)
        self.outbox.flush()
        expected = [frames.pack_header(4, number, 1) + b"x" for number in range(10000)]
        self.assertEqual(b"".join(self.written), b"".join(expected))

    @by_the_sender
    def test_a_frame_that_comes_alone_is_written_at_once(self):
        times = itertools.count()
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: next(times)):
            for number in range(100):
                self.outbox.send(4, number, b"x")
                self.assertEqual(self.written[-1], frames.pack_header(4, number, 1) + b"x")

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
        outbox = Outbox(stream, model, self, self.broken.release)
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
        outbox = Outbox(Stream(read_fd, write_fd), model, self, lambda: None)
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

    def has_ended(self):
        try:
            self.outbox.check()
        except OSError:
            return True
        return False

    def test_the_end_waits_for_who_writes_and_lets_nobody_write_after_it(self):
        writing, go_on, ended = new_lock(), new_lock(), new_lock()
        for lock in (writing, go_on, ended):
            lock.acquire()

        def blocked(parts):
            self.written.extend(parts)
            writing.release()
            go_on.acquire()

        def end():
            self.outbox.end()
            ended.release()

        self.write_all = blocked
        self.outbox.start()
        self.outbox.post(4, 1, b"first")
        self.assertTrue(writing.acquire(True, master.TIMEOUT))
        for _ in range(10000):  # more than one batch
            self.outbox.post(4, 1, b"never")
        start_thread(end, ())
        while not self.has_ended():
            time.sleep(0.001)
        self.assertFalse(ended.acquire(True, 0.1))
        go_on.release()
        self.assertTrue(ended.acquire(True, master.TIMEOUT))
        self.assertTrue(self.broken.acquire(True, master.TIMEOUT))  # its thread ends well
        with self.assertRaises(OSError):  # who saw it open just before
            self.outbox.send(4, 1, b"late")
        self.assertEqual(self.written, [frames.pack_header(4, 1, 5) + b"first"])

    def test_the_end_lets_who_waits_to_send_learn_of_it(self):
        waiting, failed = new_lock(), new_lock()
        waiting.acquire()
        failed.acquire()

        def wait_for(latch, timeout):
            waiting.release()
            latch.wait()

        def send():
            try:
                self.outbox.send(4, 1, b"x" * 1000000)
            except OSError:
                failed.release()

        self.wait_for = wait_for
        start_thread(send, ())
        self.assertTrue(waiting.acquire(True, master.TIMEOUT))
        self.outbox.end()
        self.assertTrue(failed.acquire(True, master.TIMEOUT))


if __name__ == "__main__":
    unittest.main()
