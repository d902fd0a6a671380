"""Credit for what is sent: items wait until the master takes more."""

import unittest

import credit_case
from collecting import DROP_C
from credit_case import MANY
from credit_case import ONE
from credit_case import grant
from credit_case import size
from execnet_worker import frames
from execnet_worker.cancelling import Interrupts
from execnet_worker.dumping import dumps_internal
from execnet_worker.execmodels import ThreadModel
from execnet_worker.sending import Outgoing
from execnet_worker.sending import SendingCredit
from execnet_worker.sending import _Turn


class Sending:
    """To the master."""

    def blocked(self, worker, channel):
        """Wait until somebody waits to send on it; for code that called tell_when_blocked()."""
        self.assertEqual(worker.take(self.told), "blocked")

    def executing(self, worker, source):
        """Execute something, and get the channel on which it tells of its senders."""
        channel = self.execute(
            worker,
            "told = new()\ndef watch(c):\n    when(lambda: c._outgoing.waiting)\n"
            "    told.send('blocked')\n" + source,
        )
        self.told = worker.take(channel).id
        return channel

    def test_one_item_at_a_time(self):
        worker = self.greeted(to_master=ONE)
        channel = self.executing(
            worker, "for i in range(4):\n    if i: m.start(watch, (channel,))\n    channel.send(i)"
        )
        for number in range(3):
            self.assertEqual(worker.next_frame(channel)[1], dumps_internal(number))
            self.blocked(worker, channel)
            self.assertEqual(worker.arrived(channel), 0)
            worker.credit(channel, 1, size(number))
        self.assertEqual(worker.take(channel), 3)
        worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_bytes_with_one_item_that_is_larger(self):
        worker = self.greeted(to_master=(100, 100, 100000))
        channel = self.executing(
            worker,
            "channel.send(b'x' * 1000)\nm.start(watch, (channel,))\n"
            "for i in range(21): channel.send(i)",
        )
        self.assertEqual(worker.next_frame(channel)[1], dumps_internal(b"x" * 1000))
        self.blocked(worker, channel)
        self.assertEqual(worker.arrived(channel), 0)
        worker.credit(channel, 1, size(b"x" * 1000))
        for number in range(17):  # 6 bytes each: 16 of them are 96
            self.assertEqual(worker.item(channel), number)
        self.assertEqual(worker.arrived(channel), 0)
        worker.credit(channel, 17, 102)
        for number in range(17, 21):
            self.assertEqual(worker.item(channel), number)
        worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_total_stops_all_but_the_first_item_of_each(self):
        worker = self.greeted(to_master=(10, 10000, 1000))
        channel = self.executing(
            worker,
            "def send(c, letter):\n    for i in range(3): c.send(letter * 1100)\n"
            "a, b = new(), new()\nm.start(watch, (a,))\nm.start(send, (a, b'a'))\n"
            "channel.receive()\nm.start(watch, (b,))\nm.start(send, (b, b'b'))\n"
            "channel.receive()",
        )
        a, b = worker.take(channel).id, worker.take(channel).id
        each = size(b"a" * 1100)
        self.assertEqual(worker.item(a), b"a" * 1100)
        self.blocked(worker, channel)
        worker.send(channel, 1)
        self.assertEqual(worker.item(b), b"b" * 1100)
        self.blocked(worker, channel)
        self.assertEqual((worker.arrived(a), worker.arrived(b)), (0, 0))
        for _ in range(2):
            worker.credit(b, 1, each)  # there is nothing on its way then
            self.assertEqual(worker.item(b), b"b" * 1100)
            self.assertEqual((worker.arrived(a), worker.arrived(b)), (0, 0))
        worker.credit(b, 1, each)
        worker.credit(a, 1, each)
        self.assertEqual(worker.item(a), b"a" * 1100)

    def test_total_is_given_on_to_who_waits_for_it(self):
        worker = self.greeted(to_master=(10, 10000, 1000))
        channel = self.executing(
            worker,
            "a, b = new(), new()\na.send(b'a' * 1100)\nb.send(b'b')\n"
            "m.start(watch, (b,))\nb.send(b'c')\nchannel.send('sent')",
        )
        a, b = worker.take(channel).id, worker.take(channel).id
        self.blocked(worker, channel)
        worker.credit(a, 1, size(b"a" * 1100))
        self.assertEqual(worker.take(channel), "sent")
        self.assertEqual((worker.item(b), worker.item(b)), (b"b", b"c"))

    def test_credit_for_what_has_ended_counts_for_the_total(self):
        worker = self.greeted(to_master=(10, 10000, 1000))
        channel = self.executing(
            worker,
            "a, b = new(), new()\na.send(b'a' * 1100)\na.close()\nb.send(b'b')\n"
            "m.start(watch, (b,))\nb.send(b'c')\nchannel.send('sent')",
        )
        a = worker.take(channel).id
        worker.take(channel)
        self.blocked(worker, channel)
        worker.credit(a, 0, 500)
        worker.credit(0, 0, size(b"a" * 1100) - 500)
        self.assertEqual(worker.take(channel), "sent")

    def test_many_threads_on_one_channel(self):
        worker = self.greeted(to_master=(3, 10000, 100000))
        channel = self.executing(
            worker,
            "def send(n):\n    for i in range(20): channel.send((n, i))\n"
            "for n in range(5): m.start(send, (n,))\nchannel.receive()",
        )
        seen = dict.fromkeys(range(5), 0)
        for _ in range(100):
            n, i = worker.take(channel)
            self.assertEqual(i, seen[n])
            seen[n] += 1

    def test_others_go_on_beside_a_channel_that_is_stalled_for_good(self):
        worker = self.greeted(to_master=ONE, to_worker=ONE)
        channel = self.executing(
            worker,
            "stalled = new()\nm.start(watch, (stalled,))\n"
            "m.start(lambda: [stalled.send(i) for i in range(9)])\n"
            "for x in channel: channel.send([x])",
        )
        worker.take(channel)
        self.blocked(worker, channel)
        for number in range(50):
            worker.send(channel, number)
            self.assertEqual(worker.credited(channel), (1, size(number)))
            self.assertEqual(worker.take(channel), [number])
        worker.frame(frames.CHANNEL_LAST_MESSAGE, channel)
        worker.expect(channel, frames.CHANNEL_CLOSE)
        self.assertEqual(worker.run("channel.send(1)"), [1])

    def test_wakes_up_when_the_master_closes(self):
        self.closing(lambda worker, c: worker.frame(frames.CHANNEL_CLOSE, c))

    def test_wakes_up_when_it_is_closed_here(self):
        self.closing(lambda worker, c: worker.send(self.channel, "close"))

    def closing(self, close):
        worker = self.greeted(to_master=ONE)
        self.channel = channel = self.executing(
            worker,
            "c = new()\nm.start(watch, (c,))\ndef send():\n"
            "    try: c.send(1); c.send(2)\n    except OSError as e: told.send(str(e))\n"
            "m.start(send)\nif channel.receive() == 'close': c.close()\nchannel.receive()",
        )
        c = worker.take(channel).id
        self.blocked(worker, channel)
        close(worker, c)
        self.assertEqual(worker.take(self.told), "cannot send to <Channel id=%d closed>" % c)
        worker.credit(c, 1, size(1))
        self.assert_alive(worker)

    def test_wakes_up_at_the_end_of_the_connection(self):
        worker = self.greeted(to_master=ONE)
        channel = self.executing(
            worker,
            "import sys\nm.start(watch, (channel,))\nchannel.send(1)\n"
            "try: channel.send(2)\nexcept OSError as e: sys.stderr.write('ended: %s' % e)\n",
        )
        self.blocked(worker, channel)
        worker.close_input()
        self.assertEqual(worker.wait(), 0)
        self.assertIn("ended: cannot send to <Channel id=%d closed>" % channel, worker.errors)

    def test_from_callbacks_and_files(self):
        worker = self.greeted(to_master=ONE, to_worker=MANY)
        channel = self.executing(
            worker,
            "c = new()\nf = c.makefile()\nm.start(watch, (c,))\n"
            "c.setcallback(lambda x: [f.write(x), f.write('!')])\n"
            "for x in channel: channel.send(x)",
        )
        c = worker.take(channel).id
        worker.send(c, "a")
        worker.send(c, "b")
        self.blocked(worker, channel)
        worker.send(channel, "others go on")
        self.assertEqual(worker.take(channel), "others go on")
        self.assertEqual([worker.take(c) for _ in range(4)], ["a", "!", "b", "!"])

    def test_violations(self):
        for items, size_, text in (
            (2, 6, "2 items and 6 bytes on channel 1, where 1 and 6 are outstanding"),
            (1, 7, "1 items and 7 bytes on channel 1, where 1 and 6 are outstanding"),
            (1, 700, "credit for 700 bytes on channel 1, where 12 are outstanding in all"),
            (-1, 6, "credit for -1 items and 6 bytes on channel 1"),
            (1, -6, "credit for 1 items and -6 bytes on channel 1"),
        ):
            worker = self.greeted()
            channel = self.execute(worker, "c = new()\nc.send(2)\nchannel.receive()")
            worker.item(channel)
            worker.item(2)
            worker.credit(channel, items, size_)
            self.assert_fails(worker, text)
        for payload in (b"", grant(1, 1) + b"\0"):
            worker = self.greeted()
            worker.frame(frames.CREDIT, 1, payload)
            self.assert_fails(worker, "a frame of type 67 without two ints in it")
        worker = self.greeted()
        worker.credit(99, 0, 1)
        self.assert_fails(worker, "1 bytes on channel 99, where 0 are outstanding in all")

    def test_late_credit_where_a_channel_was_dropped_and_came_again(self):
        worker = self.greeted()
        channel = self.execute(
            worker,
            "c = channel.receive()\nc.send(1)\n"
            + DROP_C
            + "c = channel.receive()\nc.send(2)\nchannel.receive()",
        )
        c = worker.new_id()
        worker.send_channel(channel, c)
        self.assertEqual(worker.item(c), 1)
        worker.expect(c, frames.CHANNEL_CLOSE)
        worker.send_channel(channel, c)
        self.assertEqual(worker.item(c), 2)
        worker.credit(c, 2, 12)
        self.assert_alive(worker)


class CancelledTest(credit_case.HelloCase):
    def test_credit_while_a_sender_that_waits_for_it_is_cancelled(self):
        worker = self.greeted((100, 10**6, 3000))
        first = self.execute(worker, "channel.send(b'x' * 2000)\nchannel.receive()")
        size = len(worker.next_frame(first)[1])
        second = self.execute(worker, "for _ in range(3): channel.send(b'y' * 2000)")
        worker.next_frame(second)
        self.assertEqual(worker.arrived(second), 0)
        grants = [frames.pack_header(frames.CANCEL, second, 0)]
        grants.append(frames.pack_header(frames.CREDIT, first, 8) + grant(1, size))
        worker.write(b"".join(grants))
        self.assert_alive(worker)


class WakingTest(unittest.TestCase):
    """Who waits for credit is woken up when it is their turn, and not before."""

    class Queue(list):
        sending = None

        def __iadd__(self, frames):
            assert self.sending.unwatched or self.sending._lock.locked()
            return super().__iadd__(frames)

    def setUp(self):
        self.queue = self.Queue()

    def credit(self, *limits):
        model = ThreadModel()
        self.queue.sending = SendingCredit(limits, model, Interrupts(model), self)
        return self.queue.sending

    # As an outbox, with a queue. Items go in the order in which they are counted.

    def check(self):
        pass

    def wake(self):
        pass

    class Channel:
        _closed = _received = False
        _items = ()

        def __init__(self, channel_id=1):
            self.id = channel_id
            self._outgoing = Outgoing()

    def turn(self, credit, channel, payload):
        """Line up to send it. What stands for its frame is the number of its channel."""
        turn = _Turn(channel, channel.id, len(payload))
        turn.event = ThreadModel().Latch()
        channel._outgoing.waiting.append(turn)
        if credit._go(turn):
            credit._leave(turn)
        return turn

    def test_nobody_is_woken_up_in_vain(self):
        credit = self.credit(10, 10**6, 10**6)
        large = self.Channel()
        self.turn(credit, large, b"x" * 10**6)
        channels = [self.Channel(at) for at in range(1000)]
        for channel in channels:
            self.turn(credit, channel, b"first item")
        second = [self.turn(credit, channel, b"the second") for channel in channels]
        self.assertEqual(len(self.queue), 1001)
        del self.queue[:]

        def woken():
            return [at for at, turn in enumerate(second) if turn.event.wait(0)]

        credit.credit(1, large, grant(0, 10000))
        self.assertEqual(woken(), [])
        credit.credit(1, large, grant(0, 25))
        self.assertEqual(woken(), [0, 1, 2])
        credit.closed(channels[3])
        self.assertEqual(woken(), [0, 1, 2, 3])
        self.assertFalse(second[3].sent)
        credit.credit(1, channels[500], grant(1, 10))
        self.assertEqual(woken(), [0, 1, 2, 3, 4, 500])
        self.assertEqual(self.queue, [0, 1, 2, 4, 500])
        credit.credit(1, large, grant(1, 10**6 - 10025))
        self.assertEqual(len(woken()), 1000)

    def test_an_interrupted_sender_passes_its_turn_on(self):
        credit = self.credit(1, 100, 100)
        channel = self.Channel()
        turns = [self.turn(credit, channel, b"x") for _ in range(3)]
        credit._leave(turns[1])  # while it waits
        self.assertEqual(len(self.queue), 1)
        credit._leave(turns[0])  # when it has gone
        self.assertFalse(turns[2].sent)
        credit.credit(1, channel, grant(1, 1))
        self.assertTrue(turns[2].sent)
        self.assertEqual(len(self.queue), 2)

    def test_who_sends_itself_lets_the_next_try(self):
        credit = self.credit(1, 100, 100)
        channel = self.Channel()
        first, second, third = [self.turn(credit, channel, b"x") for _ in range(3)]
        channel._outgoing.items = 0  # as credit does, before it looks at who waits
        self.assertFalse(third.event.wait(0))
        self.assertIs(credit._go(third), False)
        self.assertIs(credit._go(second), True)
        credit._leave(second)
        self.assertTrue(third.event.wait(0))
        self.assertIs(credit._go(third), False)


credit_case.for_all_models(Sending, globals())


if __name__ == "__main__":
    unittest.main()
