"""The stream, read by the thread that waits for an item."""

import marshal
import random
import signal
import socket
import types
import unittest

import credit_case
import master
from execnet_worker import frames
from execnet_worker.channels import Channel
from execnet_worker.execmodels import ThreadModel
from execnet_worker.incoming import ReceivingCredit
from execnet_worker.lending import Lending
from execnet_worker.marshalling import loads_marshalled
from execnet_worker.native import SWITCHES_AT_CALLS
from execnet_worker.native import new_lock
from execnet_worker.native import start_thread
from execnet_worker.stream import Stream

lends = unittest.skipUnless(SWITCHES_AT_CALLS, "here the receiving thread reads all")
WANTED = dict(credit_case.WANTED, marshal=None)
MANY = (10000, 100000000, 100000000)
# Executed: sends back what it gets until that is None.
ECHO = "for item in iter(channel.receive, None): channel.send(item)\n"


class LendingTest(credit_case.HelloCase):
    def begin(self, then="", model="thread"):
        """A worker that runs the code, and has read some items there in the thread of that."""
        self.model = model
        self.worker = self.greeted(MANY, MANY, wanted=WANTED)
        channel_id = self.execute(self.worker, ECHO + then)
        for number in range(50):
            self.assertEqual(self.round_trip(channel_id, number), number)
        return channel_id

    def put(self, channel_id, value):
        self.worker.frame(frames.MARSHAL_DATA, channel_id, marshal.dumps(value, 2))

    def get(self, channel_id):
        msgcode, payload = self.worker.next_frame(channel_id)
        self.assertEqual(msgcode, frames.MARSHAL_DATA)
        return marshal.loads(payload)

    def round_trip(self, channel_id, value):
        self.put(channel_id, value)
        return self.get(channel_id)

    @lends
    def test_who_receives_one_at_a_time_reads_them(self):
        first = self.begin("channel.send(channel.gateway._lending._reads)")
        for number in range(500):  # a machine that is busy may be too late for many
            self.assertEqual(self.round_trip(first, number), number)
        self.assertGreater(self.round_trip(first, None), 20)

    def test_what_comes_is_dealt_with_while_the_code_computes(self):
        code = "channel.send('begins')\nwhen(lambda: channel.isclosed())"
        first = self.begin(code, "main_thread_only")
        self.assertEqual(self.round_trip(first, None), "begins")
        self.worker.frame(frames.PING, 0, b"12345678")
        self.assertEqual(self.worker.next_frame(0), (frames.PONG, b"12345678"))
        self.worker.frame(frames.CHANNEL_CLOSE, first)
        self.assertEqual(self.round_trip(self.execute(self.worker, ECHO), 1), 1)

    def test_what_comes_is_dealt_with_while_the_code_waits_for_credit(self):
        self.begin()
        self.worker.__exit__()
        self.worker = self.greeted((10, 1000000, 10000000), MANY, wanted=WANTED)
        first = self.execute(self.worker, ECHO + "for i in range(20): channel.send(i)")
        for number in range(50):
            self.assertEqual(self.round_trip(first, number), number)
            self.worker.credit(first, 1, 5)
        self.put(first, None)
        for number in range(20):
            self.assertEqual(self.get(first), number)
            self.worker.credit(first, 1, 5)
        self.worker.expect(first, frames.CHANNEL_CLOSE)

    def test_the_next_is_executed(self):
        for model in ("thread", "main_thread_only"):
            first = self.begin(model=model)
            self.put(first, None)
            self.worker.expect(first, frames.CHANNEL_CLOSE)
            self.assertEqual(self.round_trip(self.execute(self.worker, ECHO), 1), 1)

    def test_what_is_for_others_goes_there(self):
        first = self.begin()
        second = self.execute(self.worker, ECHO)
        for number in range(30):
            self.assertEqual(self.round_trip(first, number), number)
            self.assertEqual(self.round_trip(second, -number), -number)
        for number in range(30):
            self.put(first, number)
            self.put(second, -number)
        self.assertEqual([self.get(first) for _ in range(30)], list(range(30)))
        self.assertEqual([self.get(second) for _ in range(30)], [-n for n in range(30)])

    def test_items_of_any_size_and_at_once(self):
        first = self.begin()
        for size in (0, 4096, 65536 - 14, 65536 - 13, 1000000, 1):
            value = b"x" * size
            self.assertEqual(self.round_trip(first, value), value)
            for number in range(20):
                self.assertEqual(self.round_trip(first, number), number)
        whole = frames.pack_header(frames.MARSHAL_DATA, first, 5) + marshal.dumps(7, 2)
        self.worker.write(whole + whole[:3])
        self.assertEqual(self.get(first), 7)
        self.worker.write(whole[3:] + whole[:12])
        self.assertEqual(self.get(first), 7)
        self.worker.write(whole[12:])
        self.assertEqual(self.get(first), 7)

    def test_what_can_not_be_loaded_ends_its_channel_alone(self):
        first = self.begin()
        self.worker.frame(frames.MARSHAL_DATA, first, b"?")
        self.assertIn("can't load what came for channel 1", self.worker.error(first))
        self.assert_alive(self.worker)

    def test_cancelled_while_it_waits(self):
        first = self.begin()
        self.worker.frame(frames.CANCEL, first)
        msgcode, _ = self.worker.next_frame(first)
        self.assertIn(msgcode, (frames.CHANNEL_CLOSE, frames.CHANNEL_CLOSE_ERROR))
        self.assert_alive(self.worker)

    def test_the_timeout_of_receive(self):
        first = self.begin(
            "for timeout in (0, 0.001, 0.02):\n"
            "    try: channel.receive(timeout)\n"
            "    except channel.TimeoutError: channel.send('timeout')\n" + ECHO
        )
        self.put(first, None)
        self.assertEqual([self.get(first) for _ in range(3)], ["timeout"] * 3)
        self.assertEqual(self.round_trip(first, 1), 1)

    def test_the_end_of_the_stream(self):
        self.begin()
        self.worker.close_input()
        self.worker.wait()
        self.assertEqual(self.worker.errors, "")

    def test_a_child_process_receives_nothing(self):
        first = self.begin(
            "import os\n"
            "pid = os.fork()\n"
            "if not pid:\n"
            "    try: channel.receive()\n"
            "    except EOFError: os._exit(3)\n"
            "channel.send(os.waitpid(pid, 0)[1] >> 8)\n" + ECHO
        )
        self.assertEqual(self.round_trip(first, None), 3)
        self.assertEqual(self.round_trip(first, 1), 1)


class Factory:
    callbacks = {}

    def load(self, payload, strconfig, msgcode):
        return loads_marshalled(payload)

    def collected(self, channel):
        pass


@lends
class InterruptedTest(unittest.TestCase):
    def setUp(self):
        ours, self.theirs = socket.socketpair()
        fd = ours.detach()
        self.stream = Stream(fd, fd)
        self.addCleanup(self.stream.close)
        self.addCleanup(self.theirs.close)
        self.lending = Lending(self.stream)
        self.gateway = types.SimpleNamespace(
            _channelfactory=Factory(),
            _interrupts=None,
            _outbox=types.SimpleNamespace(queue=()),
            _receiving=ReceivingCredit((10**6,) * 3, None),
            _strconfig=(True, False),
            execmodel=ThreadModel(),
        )
        self.channel = Channel(self.gateway, 1)

    def handle_alarms(self, handler):
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, handler))

    def test_it_is_taken_back_while_a_handler_waits_for_that(self):
        taken = new_lock()
        taken.acquire()
        found = []

        def handler(signum, frame):
            self.lending.give_back()
            found.append(taken.acquire(True, master.TIMEOUT))

        def receive():
            self.lending.lend()
            taken.release()

        self.handle_alarms(handler)
        self.lending._alone, self.lending._wanted = 8, True
        start_thread(receive, ())
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        while not found:
            self.lending.read(self.channel, None)
        self.assertEqual(found, [True])

    def test_exceptions_of_signal_handlers_lose_and_double_nothing(self):
        theirs, lending, channel = self.theirs, self.lending, self.channel
        lending.lent = True
        armed = []

        def interrupt(signum, frame):
            if armed:
                armed.clear()
                raise TimeoutError

        self.handle_alarms(interrupt)
        generator = random.Random(3)
        interrupted = 0
        for number in range(5000):
            payload = marshal.dumps(number, 2)
            theirs.send(frames.pack_header(frames.MARSHAL_DATA, 1, len(payload)) + payload)
            try:
                armed.append(True)
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + generator.random() * 0.00005)
                lending.read(channel, None)
                armed.clear()
            except TimeoutError:
                interrupted += 1
            if lending._chunks:
                self.take_back(lending._chunks.popleft(), channel)
        theirs.close()
        self.take_back(self.stream.read_chunk(65536), channel)
        self.assertEqual(list(channel._items), list(range(5000)))
        self.assertEqual(channel._incoming.arrived, (5000, 25000))
        self.assertEqual(self.gateway._receiving.arrived, 25000)
        self.assertIsNone(lending._turn)
        self.assertGreater(interrupted, 100)

    def take_back(self, chunk, channel):
        """As the receiving thread does."""
        for _, _, payload in frames.FrameDecoder().feed(chunk):
            channel.gateway._receiving.admit(channel._incoming, 1, len(payload))
            channel._put([marshal.loads(payload)], len(payload))


if __name__ == "__main__":
    unittest.main()
