"""The entry: python worker.py [--id ID] [--execmodel MODEL] [--connect PATH] [--answer TEXT]"""

import argparse
import atexit
import os
import signal
import sys
import threading

from .execmodels import UnavailableModel
from .execmodels import get_execmodel
from .gateway import WorkerGateway
from .outbox import Stream
from .stdio import connect_streams
from .stdio import take_stdio


def _parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="execnet worker")
    parser.add_argument("--id", default="worker")
    parser.add_argument("--execmodel", default="thread")
    parser.add_argument("--connect", metavar="PATH")
    parser.add_argument("--answer", default="1", help="what to write when it is there")
    return parser.parse_args(arguments)


def serve_stream(stream, execmodel, gateway_id, answer="1"):
    """Announce that we are here, and serve."""
    gateway = WorkerGateway(execmodel, stream, gateway_id)
    _let_termination_interrupt(gateway)
    try:
        stream.write_all([answer.encode()])
    except OSError:
        pass  # the master is gone already, as reading will show
    gateway.serve()
    return gateway


def _let_termination_interrupt(gateway):
    """Shells start background jobs with SIGINT ignored; our own at the end has to get through."""

    def interrupt(signum, frame):
        if gateway.ended:
            raise KeyboardInterrupt

    try:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, interrupt)
    except ValueError:
        pass  # not the main thread, where a socket server runs us in another


def serve_socket(sock, model):
    """Serve a connection that a socket server accepted; return, rather than exit, at its end."""
    try:
        sock.setsockopt(6, 1, 1)  # TCP_NODELAY
    except OSError:
        pass  # a Unix socket: the server handles TLS on its other side
    fd = os.dup(sock.fileno())
    os.set_blocking(fd, True)
    gateway = serve_stream(Stream(fd, fd), get_execmodel(model.backend), "socket-worker")
    try:
        sock.shutdown(2)  # in both directions: whatever still reads is woken up
    except OSError:
        pass
    gateway.outlive()
    sock.close()


def main():
    options = _parse_arguments(sys.argv[1:])
    try:
        execmodel = get_execmodel(options.execmodel)
    except UnavailableModel as exc:
        sys.stderr.write("execnet worker: %s\n" % exc)
        sys.exit(2)
    stream = options.connect and connect_streams(options.connect)
    try:
        serve_stream(stream or take_stdio(), execmodel, options.id, options.answer)
    except KeyboardInterrupt:
        pass  # sent by ourselves, when executions took too long to end
    _leave()


def _leave():
    """
    Exit as Python does, except that nothing is torn down: while daemon threads wait, as ours may,
    CPython can crash in that.
    """
    try:
        for last in (threading._shutdown, atexit._run_exitfuncs, _flush):
            try:
                last()
            except BaseException:
                sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # nobody listens, or executed code has closed it


if "clientsock" in globals():
    serve_socket(globals()["clientsock"], globals()["execmodel"])
elif __name__ == "__main__":
    main()
