"""Loads and dumps values with stock execnet, for StockSerializerIT.

Requests and answers are blocks, each with its length before it:
  b"L" + dump     -> what stock dumps for the value it loaded, and its description
  b"G" + a number -> the dump of a random value of that seed, and its description
  b"M" + bytes    -> the value in marshal's format, loaded and dumped, and its description
  b"H" + a number -> a random value of that seed in that format, and its description
A description names every type and value, as Description.java does.
"""

import marshal
import os
import random
import struct
import sys

import execnet

VERSION = execnet.dumps(None)[:1]
FLOATS = (0.0, -0.0, 1.5, -2.25, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"))
CHARS = "ab z\0'\"\\\n\u00e9\u07ff\u0800\u20ac\ufffd\uffff\U0001f600\U0010ffff"


def bits(number):
    return struct.pack("!d", number).hex()


def describe(value):
    kind = type(value)
    if value is None or kind is bool:
        return str(value)
    if kind is int:
        return "int %d" % value
    if kind is float:
        return "float " + bits(value)
    if kind is complex:
        return "complex %s %s" % (bits(value.real), bits(value.imag))
    if kind is str:
        return "str " + value.encode("utf-8").hex()
    if kind is bytes:
        return "bytes " + value.hex()
    if kind is dict:
        return "dict(%s)" % ", ".join(
            describe(key) + ": " + describe(item) for key, item in value.items()
        )
    items = [describe(item) for item in value]
    if kind in (set, frozenset):
        items.sort()
    return "%s(%s)" % (kind.__name__, ", ".join(items))


def scalar(rng, key):
    kind = rng.randrange(8)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.choice((0, 1, -1, 127, 2**31 - 1, -(2**31), rng.randrange(1000)))
    if kind == 3:
        return rng.choice((2**31, 2**63 - 1, 2**63, 10**30, rng.getrandbits(200)))
    if kind == 4:
        number = rng.choice(FLOATS + (rng.uniform(-10, 10),))
        return 0.5 if key and number != number else number
    if kind == 5:
        return complex(rng.choice(FLOATS[:-1]), rng.choice(FLOATS[:-1]))
    text = "".join(rng.choice(CHARS) for _ in range(rng.choice((0, 1, 3, 10, 100))))
    return text if kind == 6 else text.encode("utf-8")[: rng.randrange(60)]


def generate(rng, depth, key=False, deep_keys=True):
    if depth == 0 or rng.random() < 0.4 or (key and not deep_keys):
        return scalar(rng, key)
    kind = rng.randrange(2) if key else rng.randrange(5)
    size = rng.choice((0, 1, 2, 5))
    if kind == 0:
        return tuple(generate(rng, depth - 1, key, deep_keys) for _ in range(size))
    if kind in (1, 2):
        items = [generate(rng, depth - 1, True, deep_keys) for _ in range(size)]
        return frozenset(items) if kind == 1 else set(items)
    if kind == 3:
        return [generate(rng, depth - 1, False, deep_keys) for _ in range(size)]
    return {
        generate(rng, depth - 1, True, deep_keys): generate(rng, depth - 1, False, deep_keys)
        for _ in range(size)
    }


def load(dump):
    value = execnet.loads(VERSION + dump[1:])
    try:
        again = execnet.dumps(value)
    except struct.error:  # stock can't write ints below -2147483648
        again = b""
    return again, describe(value)


def main():
    requests = os.fdopen(0, "rb")
    answers = os.fdopen(1, "wb")
    while True:
        head = requests.read(4)
        if not head:
            return
        request = requests.read(*struct.unpack("!i", head))
        if request[:1] == b"L":
            dump, description = load(request[1:])
        elif request[:1] == b"M":
            value = marshal.loads(request[1:])
            dump, description = marshal.dumps(value, 2), describe(value)
        elif request[:1] == b"H":
            value = generate(random.Random(int(request[1:])), 4, deep_keys=False)
            dump, description = marshal.dumps(value, 2), describe(value)
        else:
            value = generate(random.Random(int(request[1:])), 4)
            dump, description = execnet.dumps(value), describe(value)
        for block in (dump, description.encode("ascii")):
            answers.write(struct.pack("!i", len(block)) + block)
        answers.flush()


if __name__ == "__main__":
    sys.exit(main())
