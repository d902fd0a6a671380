"""The standard descriptors: taken for the protocol, or given to what executed code prints."""

import io
import os
import sys

from .stream import Stream

_CONNECT_SECONDS = 10


class PromptWriter(io.BufferedWriter):
    """Passes everything on at once, also where the interpreter was not started with -u.

    (A raw file would do that too, but may write a part only.)
    """

    def write(self, data):
        written = super().write(data)
        self.flush()
        return written


def printing_to(fd):
    return io.TextIOWrapper(
        PromptWriter(io.FileIO(fd, "w", closefd=False)),
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )


def flush_standard_streams():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass


def point_at_null(fd):
    """Let what is printed there go nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, fd)
    os.close(null)


def _redirect_input_to_null():
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    # The old object may hold input that it read ahead.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)


def take_stdio():
    """The stream over descriptors 0 and 1, which user code then can't reach by their numbers."""
    read_fd, write_fd = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(read_fd, os.O_BINARY)
        msvcrt.setmode(write_fd, os.O_BINARY)
    flush_standard_streams()
    _redirect_input_to_null()
    point_at_null(1)
    sys.stdout = sys.__stdout__ = printing_to(1)
    return Stream(read_fd, write_fd)


def connect_streams(path):
    """The stream over a Unix domain socket, with standard output and error on two more.

    None where that can't be had: in a container or on another host, there is no such path.
    """
    import _socket as socket  # the module around it takes long to import

    sockets = []
    try:
        for tag in (b"P", b"O", b"E"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sockets.append(connection)
            connection.settimeout(_CONNECT_SECONDS)
            connection.connect(path)
            connection.sendall(tag)
            connection.settimeout(None)
    except (AttributeError, OSError, ValueError):
        for connection in sockets:
            connection.close()
        return None
    protocol, output, errors = sockets
    flush_standard_streams()
    _redirect_input_to_null()
    os.dup2(output.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    output.close()
    errors.close()
    sys.stdout = sys.__stdout__ = printing_to(1)
    sys.stderr = sys.__stderr__ = printing_to(2)
    fd = protocol.detach()
    return Stream(fd, fd)
