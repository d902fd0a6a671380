"""Execution models: what "a thread", "a lock" and "wait" mean to executed code."""

import _thread
import sys
import threading

from .waiting import NativeLatch


def _imported(name):
    __import__(name)
    return sys.modules[name]


class UnavailableModel(Exception):
    """An execution model that this interpreter doesn't know or has no library for."""


class ThreadModel:
    """Native threads. Also the API that executed code has as channel.gateway.execmodel."""

    is_green = False

    def __init__(self, backend="thread"):
        self.backend = backend

    def __repr__(self):
        return "<ExecModel %r>" % self.backend

    # Modules are imported when they are asked for: most workers start faster without them.
    queue = property(lambda self: _imported("queue"))
    sleep = property(lambda self: _imported("time").sleep)
    socket = property(lambda self: _imported("socket"))
    subprocess = property(lambda self: _imported("subprocess"))

    def start(self, func, args=()):
        _thread.start_new_thread(func, args)

    def get_ident(self):
        return _thread.get_ident()

    def fdopen(self, fd, mode, bufsize=1, closefd=True):
        if bufsize == 1 and "b" in mode:
            bufsize = -1  # binary files have no lines to buffer by
        return open(fd, mode, bufsize, encoding=None if "b" in mode else "utf-8", closefd=closefd)

    def Lock(self):
        return threading.RLock()  # code has long relied on being able to take it twice

    def RLock(self):
        return threading.RLock()

    def Event(self):
        return threading.Event()

    def Semaphore(self, size=None):
        return threading.Semaphore(1 if size is None else size)

    def PopenPiped(self, args):
        pipe = self.subprocess.PIPE
        return self.subprocess.Popen(args, stdin=pipe, stdout=pipe)

    def Latch(self):
        return NativeLatch()


class GreenModel(ThreadModel):
    """What the libraries of green threads have in common here."""

    is_green = True

    def Latch(self):
        return self.Event()


class GeventModel(GreenModel):
    queue = property(lambda self: _imported("gevent.queue"))
    socket = property(lambda self: _imported("gevent.socket"))
    subprocess = property(lambda self: _imported("gevent.subprocess"))

    def __init__(self):
        super().__init__("gevent")
        import gevent
        import gevent.event
        import gevent.fileobject
        import gevent.lock
        import gevent.thread

        self._gevent = gevent

    def start(self, func, args=()):
        self._gevent.spawn(func, *args)

    def sleep(self, delay):
        self._gevent.sleep(delay)

    def get_ident(self):
        return self._gevent.thread.get_ident()

    def current(self):
        return self._gevent.getcurrent()

    def throw(self, thread, exception):
        thread.kill(exception, block=False)

    def fdopen(self, fd, mode, bufsize=1, closefd=True):
        return self._gevent.fileobject.FileObjectThread(fd, mode, bufsize, closefd=closefd)

    def Lock(self):
        return self._gevent.lock.RLock()

    def RLock(self):
        return self._gevent.lock.RLock()

    def Event(self):
        return self._gevent.event.Event()

    def Semaphore(self, size=None):
        return self._gevent.lock.Semaphore(1 if size is None else size)

    def wrap_socket(self, native):
        return self.socket.socket(native.family, native.type, native.proto, native.detach())


class EventletModel(GreenModel):
    queue = property(lambda self: _imported("eventlet.queue"))
    socket = property(lambda self: _imported("eventlet.green.socket"))
    subprocess = property(lambda self: _imported("eventlet.green.subprocess"))

    def __init__(self):
        super().__init__("eventlet")
        import eventlet
        import eventlet.green.os
        import eventlet.green.thread
        import eventlet.green.threading
        import eventlet.greenio

        self._eventlet = eventlet

    def start(self, func, args=()):
        self._eventlet.spawn_n(func, *args)

    def sleep(self, delay):
        self._eventlet.sleep(delay)

    def get_ident(self):
        return self._eventlet.green.thread.get_ident()

    def current(self):
        return self._eventlet.getcurrent()

    def throw(self, thread, exception):
        self._eventlet.kill(thread, exception)

    def fdopen(self, fd, mode, bufsize=1, closefd=True):
        return self._eventlet.green.os.fdopen(fd, mode, bufsize, closefd=closefd)

    def Lock(self):
        return self._eventlet.green.threading.RLock()

    def RLock(self):
        return self._eventlet.green.threading.RLock()

    def Event(self):
        return self._eventlet.green.threading.Event()

    def Semaphore(self, size=None):
        return self._eventlet.green.threading.Semaphore(1 if size is None else size)

    def wrap_socket(self, native):
        return self._eventlet.greenio.GreenSocket(native)


def get_execmodel(name):
    if name in ("thread", "main_thread_only"):
        return ThreadModel(name)
    green = {"gevent": GeventModel, "eventlet": EventletModel}.get(name)
    if green is None:
        raise UnavailableModel("unknown execmodel %r" % name)
    try:
        return green()
    except ImportError as exc:
        raise UnavailableModel(
            "execmodel %r needs %s, which %s can't import: %s" % (name, name, sys.executable, exc)
        ) from None
