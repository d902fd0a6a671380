"""What to do where there is no memory, which is the matter of who wants much and of nobody else."""

from .native import native_sleep

_PAUSE = 0.01


class Lost:
    """Stands for a payload that there was no memory for."""

    __slots__ = ("_size",)

    def __init__(self, size):
        self._size = size

    def __len__(self):
        return self._size


def when_there_is_memory(function, *args):
    """Call what has done nothing when it raises a MemoryError, until it doesn't."""
    while True:
        try:
            return function(*args)
        except MemoryError:
            pass
        native_sleep(_PAUSE)
