"""Values in the marshal format: what goes in it, what does not, and what comes."""

import array
import importlib.util
import marshal
import threading
import unittest

import master
from execnet_worker import frames
from execnet_worker import marshalling
from execnet_worker.dumping import dumps_internal
from execnet_worker.errors import LoadError
from execnet_worker.marshalling import dumps_marshalled
from execnet_worker.marshalling import loads_marshalled


class Text(str):
    pass


class Items(list):
    pass


class Keys(dict):
    pass


def nested(levels, innermost):
    value = innermost
    for _ in range(levels):
        value = [value]
    return value


def shared(levels, innermost):
    value = innermost
    for _ in range(levels):
        value = [value, value]
    return value


PLAIN = [
    None,
    True,
    False,
    0,
    -1,
    2**31 - 1,
    -(2**31),
    2**31,
    -(2**31) - 1,
    2**63,
    10**300,
    -(10**300),
    0.0,
    -0.0,
    1e308,
    float("inf"),
    1j,
    -0.5 + 3j,
    b"",
    b"\xed\xa0\x80",
    "",
    "text",
    "\0\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff",
    "\ud55c\uad6d\uc5b4",
    [],
    (),
    {},
    set(),
    frozenset(),
    [1, [2, [3, (4, {"five": [6]})]]],
    {1: "a", "b": 2.5, None: [], b"c": {1, 2}, 3j: frozenset(("x",)), False: ()},
    [{}] * 3,
    (1 << 100) - (1 << 100),
    shared(10, []),
    nested(199, 1),
]

OTHERS = [
    Text("x"),
    [Text("x")],
    {Text("x"): 1},
    {Text("x")},
    Items(),
    (Items(),),
    Keys(),
    {"a": Keys()},
    bytearray(b"x"),
    [bytearray(b"x")],
    memoryview(b"x"),
    {"a": array.array("i", [1])},
    ...,
    StopIteration,
    [compile("1", "x", "eval")],
    object(),
    {(1, 2): 3},
    {(1, 2)},
    frozenset((frozenset((1,)),)),
    "\ud800",
    ["\udfff"],
    {"\udabc": 1},
    [b"\xed\xa0\x80"],
    nested(201, 1),
    nested(100000, 1),
    shared(40, []),
    [(0,) * 60000] * 5,
]


class FormatTest(unittest.TestCase):
    def test_many_numbers(self):
        class Index:
            def __index__(self):
                return 1

        class Float:
            def __float__(self):
                raise ZeroDivisionError

        ints = list(range(-50, 50))
        floats = [each / 8 for each in ints]
        for items in (ints, tuple(ints), floats, floats + [float("nan")], floats + [float("inf")]):
            self.assertEqual(dumps_marshalled(items), marshal.dumps(items, 2))
        for kind, items in ((int, ints), (float, floats)):
            for other in (None, True, 1, 1.5, 1 << 31, 1 << 2000, "1", [1], 1j, b"i\0\0\0\0"):
                mixed = items + [other]
                self.assertEqual(dumps_marshalled(mixed), marshal.dumps(mixed, 2))
            for other in (bytearray(b"i\0\0\0\0"), array.array("i", [1]), Index(), Float()):
                self.assertIsNone(dumps_marshalled(items + [other]))
            endless = items[:]
            endless.append(endless)
            self.assertIsNone(dumps_marshalled(endless))
            for subclass in (Text("x"), type("Number", (kind,), {})(1)):
                self.assertIsNone(dumps_marshalled(items + [subclass]))

    def test_it_is_the_known_one(self):
        self.assertTrue(marshalling.can_marshal())

    def test_another_one_is_not_used(self):
        known = marshalling._MARSHALLED_SAMPLE
        self.addCleanup(setattr, marshalling, "_MARSHALLED_SAMPLE", known)
        for other in (known[:-1], b"X" + known[1:], known.replace(b"k", b"q")):
            marshalling._MARSHALLED_SAMPLE = other
            self.assertFalse(marshalling.can_marshal())

    def test_what_is_plain(self):
        for value in PLAIN:
            payload = dumps_marshalled(value)
            self.assertIsNotNone(payload, value)
            again = loads_marshalled(payload)
            self.assertEqual(again, value)
            self.assertEqual(repr(again), repr(value))
        self.assertNotEqual(loads_marshalled(dumps_marshalled(float("nan"))), float("nan"))

    def test_what_would_not_arrive_as_it_is(self):
        for value in OTHERS:
            self.assertIsNone(dumps_marshalled(value), type(value))

    def test_what_holds_itself(self):
        one, two, mapping = [], [], {}
        one += (one, one)
        two += [(two, mapping)] * 2
        mapping["a"] = mapping["b"] = [two]
        for value in (one, two, mapping):
            self.assertIsNone(dumps_marshalled(value))

    def test_what_changes_meanwhile(self):
        changing = {}
        over = threading.Event()

        def change():
            while not over.is_set():
                for i in range(100):
                    changing[i] = {i: i}
                changing.clear()

        thread = threading.Thread(target=change)
        thread.start()
        try:
            for _ in range(300):
                payload = dumps_marshalled([changing])
                if payload is not None:
                    self.assertIs(type(loads_marshalled(payload)[0]), dict)
        finally:
            over.set()
            thread.join()

    def test_what_is_no_value(self):
        whole = dumps_marshalled(PLAIN[-3])
        for payload in [whole[:end] for end in range(len(whole))] + [
            b"?",
            b"l\xff\xff\xff\x7f",
            b"0",
        ]:
            with self.assertRaises(LoadError):
                loads_marshalled(payload)


class MarshalCase(unittest.TestCase):
    execmodel = "thread"

    def setUp(self):
        self.worker = master.Worker("--hello", "--execmodel=" + self.execmodel)
        self.addCleanup(self.worker.__exit__)
        self.worker.start()
        self.offered = self.worker.next_frame(0)
        self.hello({"marshal": None})

    def hello(self, wanted):
        self.worker.frame(frames.HELLO, 0, dumps_internal(wanted))


class ChannelTest(MarshalCase):
    def test_it_is_offered(self):
        self.assertEqual(self.offered[0], frames.HELLO)
        self.assertIn(b"marshal", self.offered[1])

    def test_items_of_both_kinds_keep_their_order(self):
        channel_id = self.worker.execute(
            "for item in channel:\n"
            "    channel.send(item)\n"
            "    channel.send({(1,): item})\n"
            "    channel.send(channel)\n"
        )
        for item in (7, ["x", {"k": b"v"}]):
            self.worker.frame(frames.MARSHAL_DATA, channel_id, marshal.dumps(item, 2))
            self.assertEqual(
                self.worker.next_frame(channel_id), (frames.MARSHAL_DATA, marshal.dumps(item, 2))
            )
            self.assertEqual(
                self.worker.next_frame(channel_id),
                (frames.CHANNEL_DATA, dumps_internal({(1,): item})),
            )
            self.assertEqual(self.worker.next_frame(channel_id)[0], frames.CHANNEL_DATA)
            self.worker.frame(frames.CHANNEL_DATA, channel_id, dumps_internal(item))
            for msgcode in (frames.MARSHAL_DATA, frames.CHANNEL_DATA, frames.CHANNEL_DATA):
                self.assertEqual(self.worker.next_frame(channel_id)[0], msgcode)

    def test_what_can_not_be_read_closes_its_channel(self):
        other = self.worker.execute("channel.send(channel.receive())")
        channel_id = self.worker.execute("channel.receive()")
        self.worker.frame(frames.MARSHAL_DATA, channel_id, b"i\1")
        msgcode, text = self.worker.next_frame(channel_id)
        self.assertEqual(msgcode, frames.CHANNEL_CLOSE_ERROR)
        self.assertIn(b"no value in the marshal format", text)
        self.worker.frame(frames.MARSHAL_DATA, other, b"N")
        self.assertEqual(self.worker.next_frame(other), (frames.MARSHAL_DATA, b"N"))

    def test_callbacks(self):
        channel_id = self.worker.execute(
            "channel.setcallback(lambda item: channel.send([item]), endmarker=None)\n"
            "channel.waitclose()"
        )
        self.worker.frame(frames.MARSHAL_DATA, channel_id, b"T")
        self.assertEqual(self.worker.next_frame(channel_id), (frames.MARSHAL_DATA, b"[\1\0\0\0T"))

    def test_text_as_bytes(self):
        channel_id = self.worker.execute(
            "channel.reconfigure(py3str_as_py2str=True)\nchannel.send(repr(channel.receive()))"
        )
        self.assertEqual(self.worker.next_frame(channel_id)[0], frames.RECONFIGURE)
        self.worker.frame(frames.MARSHAL_DATA, channel_id, marshal.dumps(["\xe9"], 2))
        self.assertEqual(
            self.worker.next_frame(channel_id)[1], marshal.dumps(repr(["\xe9".encode()]), 2)
        )


@unittest.skipUnless(importlib.util.find_spec("gevent"), "needs gevent")
class GreenChannelTest(ChannelTest):
    execmodel = "gevent"


class CreditTest(MarshalCase):
    def hello(self, wanted):
        wanted["credit"] = (1, 1000, 1000, 1, 1000, 1000)
        super().hello(wanted)

    def test_it_counts_what_travels(self):
        channel_id = self.worker.execute("for item in channel: channel.send(item)")
        for payload in (b"N", marshal.dumps([1, 2], 2)):
            self.worker.frame(frames.MARSHAL_DATA, channel_id, payload)
            self.assertEqual(self.worker.credited(channel_id), (1, len(payload)))
            self.assertEqual(self.worker.next_frame(channel_id)[1], payload)
            self.worker.credit(channel_id, 1, len(payload))


class WithoutTest(unittest.TestCase):
    def test_a_master_that_does_not_want_it(self):
        with master.Worker() as worker:
            channel_id = worker.execute("channel.send(1)")
            self.assertEqual(worker.next_frame(channel_id)[0], frames.CHANNEL_DATA)


if __name__ == "__main__":
    unittest.main()
