"""The entry: a program of its own, or what a socket server executes."""

import atexit
import os
import sys
import threading

from .execmodels import UnavailableModel
from .execmodels import get_execmodel
from .gateway import WorkerGateway
from .hello import hello_frame
from .native import current_thread
from .stdio import connect_streams
from .stdio import flush_standard_streams
from .stdio import take_stdio
from .stream import Stream


class _Options:
    """What the program was started with."""

    def __init__(self, arguments):
        self.id = "worker"
        self.execmodel = "thread"
        self.connect = None  # a Unix socket, for the whole of it
        self.answer = "1"  # what to write when it is there
        self.hello = False  # whether to begin with a frame that says more
        self.compiled = False  # whether to give it the compiled form of this program
        self.framed = []  # without --connect, what is printed there is sent in frames
        # Our own two sides write these: a parser from the library would take long to import.
        for argument in arguments:
            name, _, value = argument.partition("=")
            if name in ("--id", "--execmodel", "--connect", "--answer") and value:
                setattr(self, name[2:], value)
            elif argument == "--hello":
                self.hello = True
            elif argument == "--compiled":
                self.compiled = True
            elif argument in ("--framed=1", "--framed=2"):
                self.framed.append(int(value))
            else:
                sys.stderr.write("execnet worker: what is %s?\n" % argument)
                sys.exit(2)


def _serve_stream(gateway, stream, options):
    """Announce that we are here, and serve."""
    greeting = hello_frame(options.compiled) if options.hello else b""
    try:
        stream.write_all([options.answer.encode() + greeting])
    except OSError:
        pass  # the master is gone already, as reading will show
    gateway.serve()


def serve_socket(sock, model, arguments=(), process_is_ours=False):
    """Serve a connection that a socket server accepted; return, rather than exit, at its end.

    Only where the server gave it a process may the worker use another execution model than the
    server does, and redirect what the process prints.
    """
    options = _Options(["--id=socket-worker", *arguments])
    backend = options.execmodel if process_is_ours and arguments else model.backend
    try:
        execmodel = get_execmodel(backend)
    except UnavailableModel as exc:
        sock.sendall(("execnet worker: %s\n" % exc).encode())  # the master shows it to people
        sock.close()
        return
    try:
        sock.setsockopt(6, 1, 1)  # TCP_NODELAY
    except OSError:
        pass  # a Unix socket: the server handles TLS on its other side
    fd = os.dup(sock.fileno())
    os.set_blocking(fd, True)
    stream = Stream(fd, fd)
    framed = options.framed if process_is_ours else ()
    gateway = WorkerGateway(execmodel, stream, options.id, framed, options.hello)
    if process_is_ours and current_thread() == threading.main_thread().ident:
        gateway.use_signals()
    if process_is_ours:
        gateway.make_ends_wait()
    _serve_stream(gateway, stream, options)
    gateway.finish_output()
    try:
        sock.shutdown(2)  # in both directions: whatever still reads is woken up
    except OSError:
        pass
    gateway.outlive()
    sock.close()


def main():
    options = _Options(sys.argv[1:])
    try:
        execmodel = get_execmodel(options.execmodel)
    except UnavailableModel as exc:
        sys.stderr.write("execnet worker: %s\n" % exc)
        sys.exit(2)
    stream = options.connect and connect_streams(options.connect)
    framed = () if stream else options.framed
    stream = stream or take_stdio()
    gateway = WorkerGateway(execmodel, stream, options.id, framed, options.hello)
    try:
        gateway.use_signals()
        gateway.make_ends_wait()
        _serve_stream(gateway, stream, options)
    except KeyboardInterrupt:
        pass  # sent by ourselves, when executions took too long to end
    _leave(gateway)


def _leave(gateway):
    """
    Exit as Python does, except that nothing is torn down: while daemon threads wait, as ours may,
    CPython can crash in that.
    """
    try:
        for last in (
            threading._shutdown,
            atexit._run_exitfuncs,
            flush_standard_streams,
            gateway.finish_output,
        ):
            try:
                last()
            except KeyboardInterrupt:
                pass  # it has taken too long
            except BaseException:
                sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


if "clientsock" in globals():
    serve_socket(
        globals()["clientsock"],
        globals()["execmodel"],
        globals().get("worker_arguments", ()),
        globals().get("process_is_ours", False),
    )
elif __name__ == "__main__":
    main()
