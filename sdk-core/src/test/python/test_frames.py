"""Frames, however the stream splits them."""

import io
import random
import unittest

import program  # noqa: F401 (makes the modules importable)
from execnet_worker.errors import ProtocolError
from execnet_worker.frames import FrameDecoder
from execnet_worker.frames import Message
from execnet_worker.frames import Popen2IO
from execnet_worker.frames import pack_header

FRAMES = [
    (4, 1, b"abc"),
    (5, 3, b""),
    (-128, -1, b"x" * 9),
    (127, 2147483647, b"y" * 70000),
    (4, 1, b""),
    (6, 2, b"z" * 300),
]


def encoded(frames):
    return b"".join(pack_header(code, cid, len(data)) + data for code, cid, data in frames)


class FrameDecoderTest(unittest.TestCase):
    def test_all_at_once(self):
        self.assertEqual(list(FrameDecoder().feed(encoded(FRAMES))), FRAMES)

    def test_byte_by_byte(self):
        decoder = FrameDecoder()
        stream = encoded(FRAMES[:3])
        found = []
        for at in range(len(stream)):
            found.extend(decoder.feed(stream[at : at + 1]))
        self.assertEqual(found, FRAMES[:3])

    def test_any_split(self):
        source = random.Random(3)
        stream = encoded(FRAMES * 3)
        for _ in range(100):
            decoder = FrameDecoder()
            found = []
            at = 0
            while at < len(stream):
                size = source.choice([1, 5, 9, 10, 100, 5000, 65536])
                found.extend(decoder.feed(stream[at : at + size]))
                at += size
            self.assertEqual(found, FRAMES * 3)

    def test_frames_before_a_bad_one_are_given(self):
        found = []
        with self.assertRaises(ProtocolError):
            for frame in FrameDecoder().feed(encoded(FRAMES[:2]) + pack_header(4, 1, -5)):
                found.append(frame)
        self.assertEqual(found, FRAMES[:2])


class MessageTest(unittest.TestCase):
    def test_goes_through_a_file_pair(self):
        out = io.BytesIO()
        sender = Popen2IO(out, io.BytesIO(), None)
        Message(4, 7, b"data").to_io(sender)
        Message(5, 7).to_io(sender)
        receiver = Popen2IO(io.BytesIO(), io.BytesIO(out.getvalue()), None)
        message = Message.from_io(receiver)
        self.assertEqual((message.msgcode, message.channelid, message.data), (4, 7, b"data"))
        self.assertEqual(Message.from_io(receiver).data, b"")
        with self.assertRaises(EOFError):
            Message.from_io(receiver)

    def test_closing_each_side(self):
        stdin, stdout = io.BytesIO(), io.BytesIO(b"abc")
        pair = Popen2IO(stdin, stdout, None)
        self.assertEqual(pair.read(2), b"ab")
        with self.assertRaises(EOFError):
            pair.read(2)
        pair.close_read()
        pair.close_write()
        self.assertTrue(stdin.closed and stdout.closed)


if __name__ == "__main__":
    unittest.main()
