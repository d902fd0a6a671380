"""Small items that follow each other on one channel: how they wait together."""

import marshal
import types
import unittest
import unittest.mock

import outbox_case
from execnet_worker import frames
from execnet_worker.runs import Run
from execnet_worker.sending import SendingCredit

NO_INTERRUPTS = types.SimpleNamespace(alarmed=())


@outbox_case.by_the_sender
class RunsTest(outbox_case.OutboxCase):
    def setUp(self):
        super().setUp()
        self.credit_of(100, 10**6, 10**7)
        self.outbox.queue.append(b"first")  # so that nothing is alone

    def credit_of(self, *limits):
        self.sending = SendingCredit(limits, None, NO_INTERRUPTS, self.outbox)
        self.channel = outbox_case.Channel(1, self.sending)

    def send(self, *items):
        for item in items:
            self.channel.send(item)

    def frames(self):
        """What is written of all that is queued."""
        self.outbox.flush()
        data, decoder = b"".join(self.written)[5:], frames.FrameDecoder()
        self.written.clear()
        return [
            (channel_id, marshal.loads(payload)) for _, channel_id, payload in decoder.feed(data)
        ]

    def all_items(self):
        items = []
        for _, value in self.frames():
            items += value if type(value) is list else [value]
        return items

    def assert_counted(self, items, size):
        outgoing = self.channel._outgoing
        self.assertEqual(
            (outgoing.items, outgoing.size, self.sending._outstanding), (items, size, size)
        )

    def test_numbers_are_kept_as_they_are(self):
        for kind, size in ((int, 5), (float, 9)):
            self.setUp()
            items = [kind(number) for number in range(90)]
            self.send(*items)
            parts = items[:2], items[2:6], items[6:22], items[22:86], items[86:]
            self.assertEqual(self.frames(), [(1, part) for part in parts])
            self.assert_counted(90, 90 * size)

    def test_others_are_kept_as_payloads(self):
        items = ["a", "bc", 1, {"d": 2}, 1.5, [True], None, 1 << 40]
        self.send(*items)
        self.assertEqual(self.frames(), [(1, items[:2]), (1, items[2:6]), (1, items[6:])])
        self.assert_counted(len(items), sum(len(marshal.dumps(item, 2)) for item in items))

    def test_numbers_of_several_kinds_are_kept_as_payloads(self):
        self.send(*[1, 0.5] * 10)
        self.assertEqual(self.frames(), [(1, [1, 0.5]), (1, [1, 0.5] * 2), (1, [1, 0.5] * 7)])
        self.assert_counted(20, 10 * (5 + 9))

    def test_what_is_no_small_number_is_not_among_them(self):
        numbers = [1, 2, 3]
        others = [1 << 31, -1 - (1 << 31), True, 4]
        self.send(*numbers + others)
        self.assertEqual(self.frames(), [(1, [1, 2]), (1, 3), (1, others)])

    def test_nothing_overtakes_another_frame(self):
        other = outbox_case.Channel(2, self.sending)
        self.send(1, 2, 3)
        self.outbox.queue.append(frames.pack_header(frames.MARSHAL_DATA, 3, 1) + b"N")
        self.send(4, 5, 6)
        other.send(7)
        other.send(8)
        self.send(9)
        self.assertEqual(
            self.frames(),
            [(1, [1, 2]), (1, 3), (3, None), (1, [4, 5]), (1, 6), (2, [7, 8]), (1, 9)],
        )

    def test_a_large_item_goes_between(self):
        sent = ["a", "b", "c", b"x" * 4000, b"y" * 5000, "d", "e", "f", "g"]
        self.send(*sent)
        self.outbox.flush()
        pieces, decoder = b"".join(self.written)[5:], frames.FrameDecoder()
        kinds = [frame[0] for frame in decoder.feed(pieces)]
        items, as_bytes = frames.MARSHAL_ITEMS, frames.BYTES_DATA
        self.assertEqual(kinds, [items, items, as_bytes, items, items])

    def test_credit_is_not_exceeded_and_what_is_left_is_given_back(self):
        for limits, sent in (
            ((10, 1000, 1000), 10),
            ((1000, 52, 1000), 11),
            ((1000, 1000, 52), 11),
        ):
            self.setUp()
            self.credit_of(*limits)
            counted = []

            def wait(turn, counted=counted):
                counted.append(self.channel._outgoing.items)
                raise TimeoutError

            self.sending._wait = wait
            with self.assertRaises(TimeoutError):
                self.send(*range(1000))
            self.assertEqual(self.all_items(), list(range(sent)))
            self.assert_counted(sent, sent * 5)

    def test_one_follows_another_that_is_alone(self):
        self.send(*range(6))
        full = self.outbox.queue.pop()
        self.outbox.queue.clear()
        self.outbox.queue.append(full)
        self.send(6)
        self.assertIsInstance(self.outbox.queue[-1], Run)
        self.assertIsNot(self.outbox.queue[-1], full)

    def test_nothing_is_added_to_what_is_taken(self):
        self.send(1, 2, 3)
        self.assertEqual(self.frames(), [(1, [1, 2]), (1, 3)])
        self.outbox.queue.append(b"first")
        self.send(4)
        self.assertEqual(self.frames(), [(1, 4)])
        self.assert_counted(4, 20)

    def test_nothing_is_added_to_what_is_taken_at_this_moment(self):
        for first, item in ((1, 4), ("a", "b")):
            self.setUp()
            self.send(first, first, first)
            run = self.outbox.queue[-1]
            run.take()
            self.send(item, item)
            self.assertEqual(run.count, 1)
            self.assertEqual(self.all_items(), [first, first, first, item, item])

    def test_nothing_is_added_while_somebody_watches(self):
        self.send(1, 2, 3)
        self.sending.unwatched = False
        self.send(4)
        self.assertEqual(self.frames(), [(1, [1, 2]), (1, 3), (1, 4)])

    def test_others_may_count_while_one_begins(self):
        def begun_while_others_count(*args):
            self.sending.send(other, frames.CHANNEL_DATA, b"y" * size)
            return Run(*args)

        for limits, size in (((100, 20000, 10**6), 3000), ((100, 10**6, 20000), 19000)):
            self.setUp()
            self.credit_of(*limits)
            other = self.channel if size == 3000 else outbox_case.Channel(2, self.sending)
            if size == 3000:
                self.send(*["x" * 3800] * 4)
                self.frames()
                self.outbox.queue.append(b"first")
            self.send("x", "x")
            with unittest.mock.patch("execnet_worker.sending.Run", begun_while_others_count):
                self.send("y" * 2000)
            self.assertIsInstance(self.outbox.queue[-1], tuple)

    def test_what_was_before_it_may_be_written_meanwhile(self):
        self.send(1, 2, 3)
        run = self.outbox.queue.pop()
        self.outbox.flush()
        self.written.clear()
        self.outbox.queue.append(run)
        self.outbox.push(run)
        self.outbox.flush()
        self.assertEqual(len(self.written), 1)
        self.assert_counted(3, 15)

    def test_no_memory_for_what_is_written(self):
        class List(list):
            def extend(self, items):
                raise MemoryError

        self.send(1, 2, 3)
        run = self.outbox.queue.pop()
        self.outbox.queue.clear()
        self.outbox.queue.append(run)
        runs = []
        with self.assertRaises(MemoryError):
            self.outbox._take_batch(List(), runs)
        self.assertEqual(runs, [])  # its turn comes again

    def test_no_memory_to_give_back(self):
        self.send(1, 2, 3)
        run = self.outbox.queue[-1]
        for name in ("_advance_held", "_advance"):
            setattr(self.sending, name, outbox_case.Forgetful(getattr(self.sending, name)))
        self.outbox.flush()
        self.assert_counted(3, 15)
        self.assertIsNone(run.items)

    def test_no_memory_to_write_a_run(self):
        self.send(1, 2, 3)
        with unittest.mock.patch("execnet_worker.runs.dumps", outbox_case.Forgetful(marshal.dumps)):
            self.assertEqual(self.all_items(), [1, 2, 3])
        self.assert_counted(3, 15)

    def test_nothing_is_added_once_it_is_closed(self):
        self.send(1, 2, 3)
        self.channel._closed = True
        self.channel._cannot_send = OSError
        with self.assertRaises(OSError):
            self.send(4)


if __name__ == "__main__":
    unittest.main()
