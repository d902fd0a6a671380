"""Random ways that can be gone again: a failure names its seed, which EXECNET_FUZZ_SEED repeats.

EXECNET_FUZZ_RUNS says how many are gone, where it should be more than in every build.
"""

import os
import random

SPLITS = (1, 2, 7, 9, 100, 4096, 65536)


def go(test, runs, way):
    """Call it with a source of random numbers, so many times, in subtests that tell their seeds."""
    given = os.environ.get("EXECNET_FUZZ_SEED")
    runs = int(os.environ.get("EXECNET_FUZZ_RUNS", runs))
    for seed in [int(given)] if given else [random.randrange(1 << 32) for _ in range(runs)]:
        with test.subTest(seed=seed):
            way(random.Random(seed))


def noise(source, most=60):
    return bytes(source.randrange(256) for _ in range(source.randrange(most)))


def mutated(source, data):
    """Nearly the same, mostly."""
    data = bytearray(data)
    for _ in range(source.randrange(4)):
        at = source.randrange(len(data) + 1)
        kind = source.randrange(4)
        if kind == 0:
            data[at : at + 1] = bytes([source.randrange(256)])
        elif kind == 1:
            data[at:at] = noise(source, 8)
        elif kind == 2:
            del data[at : at + source.randrange(1, 9)]
        else:
            del data[at:]
    return bytes(data)


def pieces(source, data):
    at = 0
    while at < len(data):
        size = source.choice(SPLITS)
        yield data[at : at + size]
        at += size
