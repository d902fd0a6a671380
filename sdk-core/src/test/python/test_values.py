"""The codec: bytes as stock execnet writes them, and what it refuses."""

import ast
import enum
import random
import struct
import sys
import threading
import unittest
from collections import OrderedDict
from collections import namedtuple

import program
from execnet_worker.dumping import MAX_DEPTH
from execnet_worker.dumping import dumps
from execnet_worker.dumping import dumps_internal
from execnet_worker.errors import DumpError
from execnet_worker.errors import LoadError
from execnet_worker.loading import loads
from execnet_worker.loading import loads_internal

ARITHMETIC = {"float": float, "bytes": bytes, "range": range, "list": list, "tuple": tuple}
ARITHMETIC.update({"set": set, "frozenset": frozenset, "__builtins__": {}})


def vectors():
    with open(program.VECTORS, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                literal, hexadecimal = line.rstrip("\n").split("\t")
                yield literal, eval(literal, dict(ARITHMETIC)), bytes.fromhex(hexadecimal)


def nested(depth, wrap):
    value = 0
    for _ in range(depth):
        value = wrap(value)
    return value


class VectorTest(unittest.TestCase):
    def test_there_are_vectors(self):
        self.assertGreater(len(list(vectors())), 50)

    def test_writes_what_stock_writes(self):
        for literal, value, data in vectors():
            with self.subTest(literal):
                if isinstance(value, (set, frozenset)) and len(value) > 1:
                    self.assertEqual(loads(dumps(value)), value)
                else:
                    self.assertEqual(dumps(value).hex(), data.hex())

    def test_reads_what_stock_writes(self):
        for literal, value, data in vectors():
            with self.subTest(literal):
                self.assertEqual(repr(loads(data)), repr(value))

    def test_reads_files_of_older_versions(self):
        self.assertEqual(loads(b"\x01LQ"), None)
        with self.assertRaises(LoadError):
            loads(b"\x03LQ")
        with self.assertRaises(LoadError):
            loads(b"")


class DumpTest(unittest.TestCase):
    def refused(self, value, text):
        with self.assertRaises(DumpError) as caught:
            dumps_internal(value)
        self.assertIn(text, str(caught.exception))

    def test_ints_beyond_32_bits_are_decimal_both_ways(self):
        for value in (2**31, -(2**31) - 1, 10**100, -(10**100)):
            data = dumps_internal(value)
            self.assertEqual(data, b"H%s%dQ" % (struct.pack(">i", len(str(value))), value))
            self.assertEqual(loads_internal(data), value)

    def test_ints_of_any_size_whatever_the_limit_of_this_python(self):
        values = [3**n for n in (1250, 1260, 1262, 9000, 40000)] + [10**600, 10**599, 10**20000]
        values += [value - 1 for value in values]
        for value in values:
            for signed in (value, -value):
                self.assertEqual(loads_internal(dumps_internal(signed)), signed)
        self.assertEqual(dumps_internal(10**20000)[5:-1], b"1" + b"0" * 20000)

    def test_ints_under_the_smallest_limit(self):
        if not hasattr(sys, "set_int_max_str_digits"):
            self.skipTest("this Python has no limit to set")
        before = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(640)
        try:
            value = 7**2500 + 1
            self.assertEqual(loads_internal(dumps_internal(value)), value)
            self.assertEqual(sys.get_int_max_str_digits(), 640)
        finally:
            sys.set_int_max_str_digits(before)

    def test_unsupported_types_are_named_with_their_place(self):
        self.refused(object(), "can't serialize <class 'object'>")
        self.refused({"rows": [0, 1, 2, object()]}, "<class 'object'> at ['rows'][3]")
        self.refused([(1, {"a": {2: object}})], "<class 'type'> at [0][1]['a'][2]")
        self.refused({"a": {(1, object()): 1}}, "<class 'object'> at [1] at ['a'] (a key)")
        self.refused([{Ellipsis}], "<class 'ellipsis'> at [0] (in a set)")

    def test_subclasses_would_arrive_as_something_else(self):
        class Text(str):
            pass

        Point = namedtuple("Point", "x")
        Colour = enum.IntEnum("Colour", "RED")
        for value in (Text("a"), Point(1), Colour.RED, OrderedDict(a=1)):
            self.refused([value], "can't serialize")
        self.refused(bytearray(b"x"), "bytearray")
        self.refused(memoryview(b"x"), "memoryview")

    def test_lone_surrogates(self):
        self.refused("\ud800", "strings must be utf-8 encodable")
        self.refused([1, ["\ud800"]], "at [1][0]")
        self.refused({"\ud800": 1}, "utf-8")

    def test_cycles(self):
        cycle = []
        cycle.append({"x": (cycle,)})
        self.refused(cycle, "holds itself")

    def test_depth(self):
        for wrap in (lambda v: [v], lambda v: (v,), lambda v: {"k": v}, lambda v: frozenset([v])):
            deep = nested(MAX_DEPTH, wrap)
            data = dumps_internal(deep)
            loads_internal(data)
            self.refused(wrap(deep), "levels deep")

    def test_depth_when_the_python_stack_is_nearly_used_up(self):
        deep = nested(MAX_DEPTH, lambda v: [v])

        def descend(levels):
            if levels:
                return descend(levels - 1)
            return len(dumps_internal(deep))

        self.assertGreater(descend(sys.getrecursionlimit() - 200), MAX_DEPTH)

    def test_a_list_that_another_thread_changes(self):
        shared = list(range(1000))
        stop = threading.Event()

        def change():
            while not stop.is_set():
                shared.append(1)
                del shared[900:]

        thread = threading.Thread(target=change)
        thread.start()
        try:
            for _ in range(50):
                self.assertGreaterEqual(len(loads_internal(dumps_internal([shared]))[0]), 900)
        finally:
            stop.set()
            thread.join()


class LoadTest(unittest.TestCase):
    def refused(self, data):
        with self.assertRaises(LoadError):
            loads_internal(data)

    def test_malformed_payloads(self):
        for data in (
            b"",
            b"Q",
            b"L",
            b"LLQ",
            b"LQL",
            b"zQ",
            b"\x00Q",
            b"\xffQ",
            b"F\x00Q",
            b"A\x00\x00\x00\x05abQ",
            b"A\xff\xff\xff\xffabQ",
            b"N\x00\x00\x00\x01\xffQ",
            b"H\x00\x00\x00\x01xQ",
            b"H\x00\x00\x00\x03 12Q",
            b"H\x00\x00\x00\x031_2Q",
            b"H\x00\x00\x00\x03--1Q",
            b"H\x00\x00\x00\x00Q",
            b"@\x00\x00\x00\x05Q",
            b"@\xff\xff\xff\xffQ",
            b"PQ",
            b"LLLPQ",
            b"LLPQ",
            b"J" + b"J" + b"LPQ",
            b"K\x00\x00\x00\x01F\x00\x00\x00\x05LPQ",
            b"K\x00\x00\x00\x01DxxxxxxxxLPQ",
            b"K\x7f\xff\xff\xffQ",
            b"K\xff\xff\xff\xffQ",
            b"K\x00\x00\x00\x00O\x00\x00\x00\x01Q",
            b"B\x00\x00\x00\x01Q",
            b"D\x00Q",
            b"T\x00\x00\x00\x00\x00\x00\x00\x00Q",
        ):
            with self.subTest(data=data):
                self.refused(data)

    def test_many_long_lists_in_a_short_payload(self):
        self.refused(b"K\x00\x01\x00\x00" * 100000 + b"Q")

    def test_keys_nested_too_deeply_to_hash(self):
        self.refused(b"J" + b"L" + b"@\x00\x00\x00\x01" * 200000 + b"LPQ")
        self.refused(b"L" + b"@\x00\x00\x00\x01" * 200000 + b"O\x00\x00\x00\x01Q")

    def test_any_bytes_give_a_value_or_a_load_error(self):
        source = random.Random(7)
        payloads = [data[1:] for _, _, data in vectors()]
        for _ in range(3000):
            data = bytearray(source.choice(payloads)[:400])
            for _ in range(source.randint(1, 4)):
                data[source.randrange(len(data))] = source.choice(b"@ABCDEFGHIJKLMNOPQRST\0\1\xff")
            try:
                loads_internal(bytes(data), lambda channel_id: None)
            except LoadError:
                pass

    def test_python2_opcodes(self):
        self.assertEqual(loads_internal(b"G\x00\x00\x00\x05Q"), 5)
        self.assertEqual(loads_internal(b"I\x00\x00\x00\x0212Q"), 12)
        self.assertEqual(loads_internal(b"S\x00\x00\x00\x02\xc3\xa9Q"), "\xe9")

    def test_string_coercion(self):
        py2, py3 = b"M\x00\x00\x00\x01\xe9Q", b"N\x00\x00\x00\x02\xc3\xa9Q"
        load = loads_internal
        self.assertEqual(load(py2), "\xe9")
        self.assertEqual(load(py2, py2str_as_py3str=False), b"\xe9")
        self.assertEqual(load(py3), "\xe9")
        self.assertEqual(load(py3, py3str_as_py2str=True), b"\xc3\xa9")
        self.assertEqual(load(b"S" + py3[1:], py3str_as_py2str=True), "\xe9")

    def test_literals_survive(self):
        value = ast.literal_eval("{'a': [1, (2.5, None)], 'b': {1, 2}, 3: b'x', (1, 2): True}")
        self.assertEqual(loads(dumps(value)), value)


if __name__ == "__main__":
    unittest.main()
