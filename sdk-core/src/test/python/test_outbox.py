"""What is on its way out: where memory runs out, where the stream breaks, and at the end."""

import os
import socket
import time
import unittest
import unittest.mock

import master
import outbox_case
from execnet_worker import frames
from execnet_worker.execmodels import ThreadModel
from execnet_worker.native import new_lock
from execnet_worker.native import start_thread
from execnet_worker.outbox import Outbox
from execnet_worker.stream import Stream


class OutboxTest(outbox_case.OutboxCase):
    def test_no_memory_for_a_frame_on_its_way(self):
        make = outbox_case.Forgetful(lambda: [b"made"])
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
        stream.write_some = outbox_case.Forgetful(stream.write_some)
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

    def test_who_sends_a_stream_waits_for_room(self):
        self.outbox.start()
        with unittest.mock.patch("execnet_worker.outbox.monotonic", lambda: 1):
            for number in range(10000):
                self.outbox.send(4, number, b"x")
                self.assertLessEqual(len(self.outbox.queue), 512)
        self.outbox.flush()
        expected = [frames.pack_header(4, number, 1) + b"x" for number in range(10000)]
        self.assertEqual(b"".join(self.written), b"".join(expected))

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
