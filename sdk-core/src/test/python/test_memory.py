"""Where there is no memory: who wanted it is told, and all else goes on."""

import os
import random
import sys
import unittest

import credit_case
import program  # noqa: F401 (makes the modules importable)
from execnet_worker import frames
from execnet_worker.memory import Lost
from execnet_worker.reading import FrameReader
from test_frames import FRAMES
from test_frames import encoded

LIMIT = """
import resource
with open("/proc/self/statm") as f: pages = int(f.read().split()[0])
limit = pages * resource.getpagesize() + (32 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
"""
TOO_BIG = b"x" * (100 << 20)
TOO_BIG_WHEN_LOADED = "x" * (28 << 20) + "\U0001f40d"  # which takes four bytes a character


@unittest.skipUnless(os.path.isdir("/proc/self/fd"), "needs /proc")
@unittest.skipIf(hasattr(sys, "pypy_version_info"), "PyPy ends where there is no memory")
class LimitedMemory:
    def limited(self):
        worker = self.greeted(to_worker=(100, 1000, 100000))
        worker.run(LIMIT)
        other = worker.execute("for x in channel: channel.send(x)")
        self.check_the_other(worker, other)
        return worker, other

    def check_the_other(self, worker, other):
        worker.send(other, 5)
        self.assertEqual(worker.take(other), 5)

    def check_too_big(self, worker, channel, c, value):
        """It ends c on both sides, which the code there says on the other channel."""
        worker.send(c, value)
        text = worker.error(c)
        self.assertIn("MemoryError", text)
        self.assertEqual(worker.take(channel), text)

    def test_an_item_that_is_too_big_ends_its_channel_on_both_sides(self):
        worker, other = self.limited()
        for value in (TOO_BIG, TOO_BIG_WHEN_LOADED):
            channel = self.execute(
                worker,
                "c = new()\ntry: c.receive()\n"
                "except c.RemoteError as e: channel.send(str(e))\nchannel.send(channel.receive())",
            )
            c = worker.take(channel).id
            self.check_too_big(worker, channel, c, value)
            self.assertEqual(worker.credited(c), (1, credit_case.size(value)))
            worker.send(channel, 1)  # whose code runs in a thread of its own, and went on
            self.assertEqual(worker.take(channel), 1)
            self.check_the_other(worker, other)

    def test_an_item_for_a_callback(self):
        worker, other = self.limited()
        channel = self.execute(
            worker,
            "c = new()\nc.setcallback(channel.send)\ntry: c.waitclose()\n"
            "except c.RemoteError as e: channel.send(str(e))",
        )
        c = worker.take(channel).id
        self.check_too_big(worker, channel, c, TOO_BIG)
        self.check_the_other(worker, other)

    def test_a_source_that_is_too_big(self):
        worker, other = self.limited()
        channel = worker.execute("#" * (100 << 20))
        self.assertIn("can't execute: MemoryError", worker.error(channel))
        self.check_the_other(worker, other)

    def test_code_that_takes_all_there_is(self):
        worker, other = self.limited()
        for source in ("bytes(64 << 20)", "x = []\nwhile True: x = [x, []]"):
            self.assertIn("MemoryError", worker.error(worker.execute(source)))
            self.check_the_other(worker, other)


class FramesTest(unittest.TestCase):
    def test_what_comes_after_a_lost_one_is_found(self):
        source = random.Random(5)
        stream = encoded(FRAMES * 3)
        lost = 0
        for _ in range(200):
            decoder = frames.FrameDecoder()
            found = []
            at = 0
            while at < len(stream):
                size = source.choice([1, 5, 9, 10, 100, 5000, 65536])
                found.extend(decoder.feed(stream[at : at + size]))
                at += size
                if source.random() < 0.2:
                    decoder.lose()
            self.assertEqual(len(found), len(FRAMES) * 3)
            for frame, expected in zip(found, FRAMES * 3):
                if isinstance(frame[2], Lost):
                    lost += 1
                    frame = frame[:2] + (b"?" * len(frame[2]),)
                    expected = expected[:2] + (b"?" * len(expected[2]),)
                self.assertEqual(frame, expected)
        self.assertGreater(lost, 100)

    def test_no_memory_to_read_with(self):
        stream = encoded([(4, 1, b"abcdef"), (4, 3, b"x"), (2, 0, b"")])
        chunks = [stream[:11], MemoryError, MemoryError, stream[11:]]

        class Stream:
            def read_chunk(self, size):
                chunk = chunks.pop(0)
                if chunk is MemoryError:
                    raise chunk
                return chunk

        found = list(FrameReader(Stream()))
        self.assertEqual([(frame[0], frame[1]) for frame in found], [(4, 1), (4, 3), (2, 0)])
        self.assertEqual((type(found[0][2]), len(found[0][2])), (Lost, 6))


class LimitedMemoryOnThreadTest(LimitedMemory, credit_case.HelloCase):
    pass


class LimitedMemoryOnGeventTest(LimitedMemory, credit_case.HelloCase):
    model = "gevent"


if __name__ == "__main__":
    unittest.main()
