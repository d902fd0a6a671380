"""Exceptions for other threads: where they may be raised, and the ways to have that done."""

import _signal as signal  # the module around it takes long to import
import _thread


def execute(code, names, function, kwargs):
    """Run what a master sent. What is called from here is what may be interrupted."""
    exec(code, names)
    if function:
        names[function](names["channel"], **kwargs)


def is_interruptible(frame):
    """Whether this is what a master sent, and no code of this program, which may hold a lock."""
    while frame is not None and frame.f_globals is not execute.__globals__:
        frame = frame.f_back
    return frame is not None and frame.f_code is execute.__code__


_setters = []


def exception_setter():
    """A function that has a kind of exception, or None for no more, raised in a thread.

    It is raised once that thread runs Python code. None where that can't be done.
    """
    if not _setters:
        _setters.append(_find_setter())
    return _setters[0]


def _find_setter():
    try:
        import ctypes

        function = ctypes.pythonapi.PyThreadState_SetAsyncExc
    except (ImportError, AttributeError):
        return None  # no CPython

    def set_exception(ident, kind):
        argument = None if kind is None else ctypes.py_object(kind)
        function(ctypes.c_ulong(ident), argument)

    return set_exception


def interrupt_thread(ident):
    """Have KeyboardInterrupt raised in that thread, once it runs Python code again."""
    set_exception = exception_setter()
    if set_exception is not None:
        set_exception(ident, KeyboardInterrupt)


def interrupt_main(ident):
    """Have the handler of SIGINT run in the main thread, also where it blocks in the system.

    The thread is named, for libraries that patch others do so with what tells its number.
    """
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(ident, signal.SIGINT)
    else:
        _thread.interrupt_main()
