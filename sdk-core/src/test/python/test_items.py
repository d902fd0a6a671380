"""Items that travel together, and bytes as they are."""

import marshal
import struct
import unittest
from collections import deque

import credit_case
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.incoming import Incoming
from execnet_worker.incoming import ReceivingCredit
from execnet_worker.packing import Parts
from execnet_worker.packing import join_small
from execnet_worker.packing import pack_frame

SMALLEST = b"N"
COUNTED = b"i\7\0\0\0"  # five bytes
MANY = (1000, 10**6, 10**7)


def together(*payloads):
    return b"[" + struct.pack("<i", len(payloads)) + b"".join(payloads)


class Items:
    def worker(self, to_worker=MANY, to_master=MANY):
        wanted = credit_case.CAPABILITIES
        return self.greeted(to_worker=to_worker, to_master=to_master, wanted=wanted)

    def received(self, worker, channel, count):
        """So many items, of whatever frames, and what those are."""
        items, types = [], []
        while len(items) < count:
            msgcode, payload = worker.next_frame(channel)
            types.append(msgcode)
            if msgcode == frames.MARSHAL_ITEMS:
                items += marshal.loads(payload)
            elif msgcode == frames.MARSHAL_DATA:
                items.append(marshal.loads(payload))
            else:
                self.assertEqual(msgcode, frames.BYTES_DATA)
                items.append(payload)
        return items, types

    def test_they_come_in_one_after_the_other(self):
        worker = self.worker()
        channel = self.execute(worker, "for x in channel: channel.send([x])")
        worker.frame(frames.MARSHAL_DATA, channel, b"i\1\0\0\0")
        worker.frame(frames.MARSHAL_ITEMS, channel, together(COUNTED, SMALLEST, b"[\0\0\0\0", b"T"))
        worker.frame(frames.BYTES_DATA, channel, b"bytes")
        worker.frame(frames.CHANNEL_DATA, channel, dumps_internal("last"))
        expected = [[1], [7], [None], [[]], [True], [b"bytes"], ["last"]]
        self.assertEqual(self.received(worker, channel, 7)[0], expected)

    def test_none_at_all(self):
        worker = self.worker()
        channel = self.execute(worker, "channel.send(channel.receive())")
        worker.frame(frames.MARSHAL_ITEMS, channel, together())
        worker.frame(frames.MARSHAL_ITEMS, channel, together(COUNTED))
        self.assertEqual(self.received(worker, channel, 1)[0], [7])

    def test_callbacks(self):
        worker = self.worker()
        source = "c = new()\nc.setcallback(channel.send, endmarker='end')\nc.waitclose()"
        channel = self.execute(worker, source)
        msgcode, payload = worker.next_frame(channel)
        self.assertEqual(msgcode, frames.CHANNEL_DATA)
        c = struct.unpack(">i", payload[1:5])[0]
        worker.frame(frames.MARSHAL_ITEMS, c, together(COUNTED, SMALLEST, COUNTED))
        worker.frame(frames.BYTES_DATA, c, b"x" * 5000)
        self.assertEqual(self.received(worker, channel, 4)[0], [7, None, 7, b"x" * 5000])
        worker.frame(frames.CHANNEL_CLOSE, c)
        self.assertEqual(self.received(worker, channel, 1)[0], ["end"])

    def test_text_as_bytes(self):
        worker = self.worker()
        channel = self.execute(
            worker,
            "channel.reconfigure(py3str_as_py2str=True)\n"
            "channel.send(repr([channel.receive() for _ in range(3)]))",
        )
        worker.expect(channel, frames.RECONFIGURE)
        worker.frame(frames.MARSHAL_ITEMS, channel, together(marshal.dumps("\xe9", 2), SMALLEST))
        worker.frame(frames.BYTES_DATA, channel, b"raw")
        expected = repr(["\xe9".encode(), None, b"raw"])
        self.assertEqual(self.received(worker, channel, 1)[0], [expected])

    def test_credit_counts_each_and_what_it_takes(self):
        worker = self.worker(to_worker=(4, 10**6, 10**7))
        channel = self.execute(worker, "c = new()\nfor _ in channel: c.receive()")
        c = struct.unpack(">i", worker.next_frame(channel)[1][1:5])[0]
        worker.frame(frames.MARSHAL_ITEMS, c, together(COUNTED, SMALLEST, SMALLEST))
        worker.frame(frames.MARSHAL_DATA, channel, SMALLEST)
        self.assertEqual(worker.arrived(("credit", c)), 0)
        worker.frame(frames.MARSHAL_DATA, channel, SMALLEST)
        first = worker.credited(c)
        self.assertEqual(first, (2, 7 * 2 // 3))  # as if all took as much
        worker.frame(frames.BYTES_DATA, c, b"x" * 20)
        for _ in range(2):
            worker.frame(frames.MARSHAL_DATA, channel, SMALLEST)
        self.assertEqual(worker.credited(c), (2, 27 - first[1]))

    def test_portions_of_bytes(self):
        worker = self.worker(to_worker=(10**6, 100, 10**7))
        channel = self.execute(worker, "c = new()\nfor _ in channel: c.receive()")
        c = struct.unpack(">i", worker.next_frame(channel)[1][1:5])[0]
        worker.frame(frames.MARSHAL_ITEMS, c, together(*[COUNTED] * 40))
        for _ in range(10):
            worker.frame(frames.MARSHAL_DATA, channel, SMALLEST)
        self.assertEqual(worker.credited(c), (10, 50))
        for _ in range(9):
            worker.frame(frames.MARSHAL_DATA, channel, SMALLEST)
        self.assertEqual(worker.arrived(("credit", c)), 0)
        worker.frame(frames.MARSHAL_DATA, channel, SMALLEST)
        self.assertEqual(worker.credited(c), (10, 50))

    def test_items_that_nobody_takes_are_credited(self):
        worker = self.worker(to_worker=(10, 10**6, 10**7))
        worker.frame(frames.MARSHAL_ITEMS, 77, together(COUNTED, SMALLEST))
        self.assertEqual(worker.credited(77), (2, 6))
        worker.frame(frames.BYTES_DATA, 79, b"some")
        self.assertEqual(worker.credited(79), (1, 4))
        self.assert_alive(worker)

    def test_what_can_not_be_read_ends_its_channel(self):
        worker = self.worker()
        for payload in (
            together(COUNTED, b"?"),
            together(COUNTED)[:-1],
            b"(" + together(COUNTED)[1:],
            COUNTED[:1] + b"\1\0\0\0" + b"rest",
        ):
            channel = self.execute(worker, "channel.receive()")
            worker.frame(frames.MARSHAL_ITEMS, channel, payload)
            msgcode, text = worker.next_frame(channel)
            self.assertEqual(msgcode, frames.CHANNEL_CLOSE_ERROR)
            self.assertIn(b"can't load what came", text)
        self.assert_alive(worker)

    def test_what_can_not_be_counted_ends_the_connection(self):
        for payload, text in (
            (together(*[COUNTED] * 13107), "65540 bytes of items in one frame"),
            (b"[\3\0\0\0NN", "3 items in 2 bytes"),
            (b"[\xff\xff\xff\xffNN", "-1 items in 2 bytes"),
        ):
            worker = self.worker()
            channel = self.execute(worker, "channel.receive()")
            worker.frame(frames.MARSHAL_ITEMS, channel, payload)
            self.assert_fails(worker, text)

    def test_more_than_there_is_credit_for(self):
        worker = self.worker(to_worker=(3, 10**6, 10**7))
        channel = self.execute(worker, "channel.waitclose()")
        worker.frame(frames.MARSHAL_ITEMS, channel, together(SMALLEST, SMALLEST))
        worker.frame(frames.MARSHAL_ITEMS, channel, together(SMALLEST, SMALLEST))
        self.assert_fails(worker, "beyond the limit of 3 items")

    def test_a_stream_of_them_goes_out_together_and_in_order(self):
        worker = self.worker(to_master=(100000, 10**8, 10**8))
        channel = self.execute(
            worker, "for n in range(20000):\n    channel.send(n if n % 1000 else b'x' * 5000)"
        )
        items, types = self.received(worker, channel, 20000)
        self.assertEqual(items, [n if n % 1000 else b"x" * 5000 for n in range(20000)])
        self.assertEqual(types.count(frames.BYTES_DATA), 20)
        self.assertLess(len(types), 10000)
        worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_they_wait_for_credit_one_by_one(self):
        worker = self.worker(to_master=(3, 10**8, 10**8))
        channel = self.execute(worker, "for n in range(10): channel.send(n)")
        self.assertEqual(self.received(worker, channel, 3)[0], [0, 1, 2])
        self.assertEqual(worker.arrived(channel), 0)
        worker.credit(channel, 2, 10)
        self.assertEqual(self.received(worker, channel, 2)[0], [3, 4])
        worker.credit(channel, 3, 15)
        self.assertEqual(self.received(worker, channel, 3)[0], [5, 6, 7])


credit_case.for_all_models(Items, globals())


class Eager(deque):
    """Has some taken as soon as they are there, before whoever put them there has counted them."""

    def __init__(self, take):
        super().__init__()
        self._take = take

    def extend(self, items):
        super().extend(items)
        self._take()


class CountedTest(unittest.TestCase):
    def credited(self, limit, count, taken):
        """What is due when so many of a frame are taken before they are counted."""
        credit = ReceivingCredit((limit, 10**6, 10**7), self)
        incoming = Incoming(1)

        def take():
            for _ in range(taken):
                incoming.queue.popleft()
                credit.taken(incoming)

        incoming.queue = Eager(take)
        self.posted = []
        credit.admit(incoming, count, count)
        incoming.put([None] * count, count)
        credit.counted(incoming)
        written = [frame for make_frames in self.posted for frame in make_frames()]
        return [struct.unpack(">ii", frame[9:]) for frame in written]

    def post_when_written(self, make_frames):
        self.posted.append(make_frames)

    def test_what_was_taken_before_it_was_counted_is_credited(self):
        self.assertEqual(self.credited(2, 2, 1), [(1, 1)])
        self.assertEqual(self.credited(100, 100, 99), [(99, 99)])
        self.assertEqual(self.credited(100, 100, 49), [])

    def test_an_interrupt_of_who_looks_loses_nothing(self):
        credit = ReceivingCredit((10, 10**6, 10**7), self)
        incoming = Incoming(1)
        credit.admit(incoming, 10, 10)
        incoming.put([None] * 10, 10)
        self.posted = None  # so posting fails
        for _ in range(5):
            incoming.queue.popleft()
        with self.assertRaises(AttributeError):
            credit.taken(incoming)
        self.posted = []
        incoming.queue.popleft()
        credit.taken(incoming)
        self.assertEqual(struct.unpack(">ii", self.posted[0]()[0][9:]), (6, 6))


class TogetherTest(unittest.TestCase):
    """Which of them are."""

    def taken(self, *entries):
        """The frames that these are put in."""
        pieces = []
        self.count = join_small(entries, pieces)
        decoder = frames.FrameDecoder()
        return list(decoder.feed(b"".join(pieces)))

    def item(self, channel_id, payload=SMALLEST):
        return pack_frame(frames.MARSHAL_ITEMS, channel_id, payload)

    def test_those_of_one_channel_that_follow_each_other(self):
        close = pack_frame(frames.CHANNEL_CLOSE, 1, b"")
        entries = [self.item(n) for n in (1, 1, 3, 1, 1, 1)] + [close, self.item(1), self.item(1)]
        expected = [
            (frames.MARSHAL_ITEMS, 1, together(SMALLEST, SMALLEST)),
            (frames.MARSHAL_DATA, 3, SMALLEST),
            (frames.MARSHAL_ITEMS, 1, together(SMALLEST, SMALLEST, SMALLEST)),
            (frames.CHANNEL_CLOSE, 1, b""),
            (frames.MARSHAL_ITEMS, 1, together(SMALLEST, SMALLEST)),
        ]
        self.assertEqual(self.taken(*entries), expected)
        self.assertEqual(self.count, 9)

    def test_no_more_than_64_kilobytes(self):
        payload = b"x" * 4087
        found = self.taken(*[self.item(1, payload)] * 17)
        self.assertEqual(found[0], (frames.MARSHAL_ITEMS, 1, together(*[payload] * 16)))
        self.assertEqual(found[1:], [(frames.MARSHAL_DATA, 1, payload)])

    def test_no_large_ones_and_none_of_another_form(self):
        stock = pack_frame(frames.CHANNEL_DATA, 1, b"LQ")
        large = pack_frame(frames.BYTES_DATA, 1, b"x" * 5000)
        self.assertIs(type(large), Parts)
        found = self.taken(self.item(1), stock, self.item(1), large)
        self.assertEqual([frame[0] for frame in found], [73, 4, 73])
        self.assertEqual(self.count, 3)


if __name__ == "__main__":
    unittest.main()
