"""Dropping an object until it is collected, which may need more than one collection on PyPy."""

import gc

DROP_C = """
import gc, weakref
reference = weakref.ref(c)
del c
while reference() is not None: gc.collect()
"""


def collect(reference):
    while reference() is not None:
        gc.collect()
