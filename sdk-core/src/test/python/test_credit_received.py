"""Credit for what is received: the master gets it as items are taken."""

import types
import unittest
import unittest.mock

import credit_case
from collecting import DROP_C
from credit_case import ONE
from credit_case import size
from execnet_worker import frames
from execnet_worker.incoming import Incoming
from execnet_worker.incoming import ReceivingCredit


class Receiving:
    """From the master."""

    def test_one_item_at_a_time(self):
        worker = self.greeted(to_worker=ONE)
        channel = self.execute(
            worker, "c = new()\nwhile True:\n    channel.receive()\n    channel.send(c.receive())"
        )
        c = worker.item(channel).id
        for number in range(5):
            worker.send(c, number)
            self.assertEqual(worker.arrived(("credit", c)), 0)
            worker.send(channel, "go")
            self.assertEqual(worker.credited(c), (1, size(number)))
            self.assertEqual(worker.item(channel), number)

    def test_iteration_and_files(self):
        worker = self.greeted(to_worker=ONE)
        channel = self.execute(
            worker,
            "c = new()\nf = c.makefile('r')\nchannel.send(f.read(3))\nchannel.send(f.readline())\n"
            "for x in channel: channel.send(x)",
        )
        c = worker.item(channel).id
        for text in ("ab", "cd", "e\n"):
            worker.send(c, text)
            self.assertEqual(worker.credited(c), (1, size(text)))
        self.assertEqual([worker.item(channel), worker.item(channel)], ["abc", "de\n"])
        for number in range(3):
            worker.send(channel, number)
            self.assertEqual(worker.credited(channel), (1, size(number)))
            self.assertEqual(worker.item(channel), number)

    def test_callbacks_when_they_return(self):
        worker = self.greeted(to_worker=ONE)
        channel = self.execute(
            worker, "c = new()\nc.setcallback(lambda x: channel.receive())\nc.waitclose()"
        )
        c = worker.item(channel).id
        for number in range(3):
            worker.send(c, number)
            self.assertEqual(worker.arrived(("credit", c)), 0)
            worker.send(channel, "go")
            self.assertEqual(worker.credited(c), (1, size(number)))

    def test_in_portions(self):
        worker = self.greeted(to_worker=(100, 10**9, 10**9))
        channel = self.execute(worker, "for x in channel: pass")
        outstanding = portions = 0
        for number in range(1000):
            while outstanding == 100:
                items, bytes_ = worker.credited(channel)
                self.assertEqual(bytes_, items * size(0))
                outstanding -= items
                portions += 1
            worker.send(channel, number)
            outstanding += 1
        # Who takes may be ahead of who writes, which makes the next portion smaller.
        self.assertLessEqual(portions, 2 * 1000 // 50)

    def test_portions_of_bytes(self):
        worker = self.greeted(to_worker=(10**6, 1000, 10**9))
        channel = self.execute(worker, "for x in channel: channel.send(len(x))")
        for _ in range(3):
            worker.send(channel, b"x" * 480)
            self.assertEqual(worker.item(channel), 480)
            self.assertEqual(worker.arrived(("credit", channel)), 0)
            worker.send(channel, b"x" * 20)
            self.assertEqual(worker.item(channel), 20)
            self.assertEqual(worker.credited(channel), (2, 512))

    def test_nothing_is_kept_back_under_pressure(self):
        worker = self.greeted(to_worker=(100, 10**6, 2000))
        channel = self.execute(
            worker, "unread, c = new(), new()\nwhile True: channel.send(c.receive())"
        )
        unread, c = worker.item(channel).id, worker.item(channel).id
        worker.send(c, 1)
        self.assertEqual(worker.item(channel), 1)
        self.assertEqual(worker.arrived(("credit", c)), 0)
        worker.send(unread, b"x" * 2000)
        self.assertEqual(worker.credited(c), (1, size(1)))
        for number in range(3):
            worker.send(c, number)
            self.assertEqual(worker.credited(c), (1, size(number)))
            self.assertEqual(worker.item(channel), number)
        self.assertEqual(worker.arrived(("credit", unread)), 0)

    def test_what_nobody_takes(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "c = new()\nchannel.receive()\n" + DROP_C + "c = new()\nchannel.receive()\n"
            "c.close()\nchannel.receive()\n" + DROP_C + "channel.receive()",
        )
        dropped = worker.item(channel).id
        for number in range(3):
            worker.send(dropped, number)
        worker.send(channel, "drop it")
        self.assertEqual(worker.credited(dropped), (3, 18))
        worker.expect(dropped, frames.CHANNEL_CLOSE)
        worker.send(dropped, b"too late")
        self.assertEqual(worker.credited(dropped), (1, size(b"too late")))
        closed = worker.item(channel).id
        worker.send(closed, b"still here")
        worker.send(channel, "close it")
        worker.expect(closed, frames.CHANNEL_CLOSE)
        worker.send(closed, b"too late")
        self.assertEqual(worker.credited(closed), (1, size(b"too late")))
        worker.send(channel, "drop it")
        self.assertEqual(worker.credited(closed), (1, size(b"still here")))
        worker.send(77, b"unknown")
        self.assertEqual(worker.credited(77), (1, size(b"unknown")))

    def test_what_can_not_be_loaded(self):
        worker = self.greeted()
        channel = self.execute(worker, "c = new()\nchannel.receive()\nchannel.send(c.receive())")
        c = worker.item(channel).id
        worker.send(c, 1)
        worker.frame(frames.CHANNEL_DATA, c, b"garbage")
        self.assertIn("can't load", worker.error(c))
        self.assertEqual(worker.credited(c), (1, 7))
        worker.send(channel, "take the other")
        self.assertEqual(worker.item(channel), 1)
        self.assertEqual(worker.credited(c), (1, 6))

    def test_what_a_callback_that_fails_leaves(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "c = new()\nchannel.receive()\nc.setcallback(lambda x: 1 / x, endmarker=1)\n"
            "try: c.waitclose()\nexcept c.RemoteError: channel.send('failed')\nchannel.receive()",
        )
        c = worker.item(channel).id
        for number in (1, 0, 2, 3):
            worker.send(c, number)
        worker.send(channel, "go")
        self.assertIn("ZeroDivisionError", worker.error(c))
        self.assertEqual(worker.item(channel), "failed")
        items, bytes_ = worker.credited(c)
        while items < 4:
            more = worker.credited(c)
            items, bytes_ = items + more[0], bytes_ + more[1]
        self.assertEqual((items, bytes_), (4, 4 * size(0)))

    def test_what_is_left_when_a_channel_closes_is_credited_in_the_end(self):
        worker = self.greeted()
        channel = self.execute(
            worker, "c = new()\nchannel.receive()\nc.waitclose()\nchannel.send(list(c))"
        )
        c = worker.item(channel).id
        for number in range(60):
            worker.send(c, number)
        worker.frame(frames.CHANNEL_CLOSE, c)
        worker.send(channel, "go")
        self.assertEqual(len(worker.item(channel)), 60)
        items = 0
        while items < 60:
            items += worker.credited(c)[0]
        self.assertEqual(items, 60)
        self.assertEqual(worker.arrived(("credit", c)), 0)

    def test_violations(self):
        for limits, items, text in (
            ((2, 1000, 10000), [1, 2, 3], "channel 1 beyond the limit of 2 items"),
            ((9, 1000, 10000), [b"x" * 1000, 2], "channel 1 beyond the limit of 1000 bytes"),
            ((9, 5000, 1000), [b"x" * 1000, 2], "1 beyond the limit of 1000 bytes on all channels"),
        ):
            worker = self.greeted(to_worker=limits)
            channel = self.execute(worker, "new().waitclose()")
            for item in items:
                worker.send(channel, item)
            self.assert_fails(worker, text)

    def test_total_does_not_stop_the_first_item_of_a_channel(self):
        worker = self.greeted(to_worker=(9, 1000, 10))
        channel = self.execute(worker, "a, b = new(), new()\nchannel.receive()")
        for _ in range(2):
            worker.send(worker.item(channel).id, b"x" * 1000)
        self.assert_alive(worker)


class InterruptedTest(unittest.TestCase):
    def test_looks_again_where_an_exception_came_between(self):
        posted = []
        outbox = types.SimpleNamespace(post_when_written=posted.append)
        credit = ReceivingCredit((1000, 1000, 10**9), outbox)
        incoming = Incoming(1)
        for item in range(4):
            credit.admit(incoming, 1, 300)
            incoming.put((item,), 300)
        snapshots = [incoming.frames.copy(), TimeoutError]  # the second works out when to look
        incoming.queue.popleft()
        interrupted = unittest.mock.patch("execnet_worker.incoming.snapshot", side_effect=snapshots)
        with interrupted, self.assertRaises(TimeoutError):
            credit.taken(incoming)
        while incoming.queue:
            incoming.queue.popleft()
            credit.taken(incoming)
        self.assertTrue(posted)


credit_case.for_all_models(Receiving, globals())


if __name__ == "__main__":
    unittest.main()
