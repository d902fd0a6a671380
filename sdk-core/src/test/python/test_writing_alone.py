"""Frames that come alone, which the thread that sends them writes."""

import itertools
import os
import socket
import threading
import unittest
import unittest.mock

import master
import outbox_case
from execnet_worker import frames
from execnet_worker.execmodels import ThreadModel
from execnet_worker.native import native_sleep
from execnet_worker.native import new_lock
from execnet_worker.native import start_thread
from execnet_worker.outbox import Outbox
from execnet_worker.stream import Stream


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


class WritingAloneTest(outbox_case.OutboxCase):
    @outbox_case.by_the_sender
    def test_a_frame_that_comes_alone_is_written_at_once(self):
        times = itertools.count()
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: next(times)):
            for number in range(100):
                self.outbox.send(4, number, b"x")
                self.assertEqual(self.written[-1], frames.pack_header(4, number, 1) + b"x")

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

    @outbox_case.by_the_sender
    def test_answers_of_one_who_has_more_to_answer_are_written_together(self):
        times = itertools.repeat(1)
        frame = frames.pack_header(4, 1, 1) + b"x"
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: next(times)):
            for _ in range(30):
                self.outbox.queue.append(frame)
                self.outbox.push(frame, True)
            self.assertEqual(self.written, [frame])
            times = itertools.count(2)
            self.outbox.flush()
            self.assertEqual(self.written, [frame, frame * 29])
            self.outbox.pause()
            for _ in range(3):  # these are not soon after each other
                self.outbox.queue.append(frame)
                self.outbox.push(frame, True)
                self.assertEqual(self.written[-1], frame)

    @outbox_case.by_the_sender
    def test_answers_are_put_off_no_more_where_one_has_taken_long(self):
        now = 1
        frame = frames.pack_header(4, 1, 1) + b"x"

        def written_of(answers):
            self.written.clear()
            for _ in range(answers):
                self.outbox.queue.append(frame)
                self.outbox.push(frame, True)
            at_once = len(self.written)
            self.outbox.flush()
            return at_once

        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: now):
            for now in (2, 3, 4):  # noqa: B007 (the clock)
                self.assertEqual(written_of(20), 1)
                self.outbox.pause()
            self.assertEqual(written_of(2), 1)
            now = 6
            self.assertEqual(written_of(40), 32)
            self.outbox.pause()
            self.assertEqual(written_of(20), 1)  # none has taken long since

    @outbox_case.by_the_sender
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

    @outbox_case.by_the_sender
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

    @outbox_case.by_the_sender
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

    @outbox_case.by_the_sender
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

    @outbox_case.by_the_sender
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


if __name__ == "__main__":
    unittest.main()
