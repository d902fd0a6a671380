"""Which silent servers the forwarder, whose path is the argument, gives up."""

import runpy
import socket
import sys
import threading

TIMEOUT = 60
BACKOFF = 4  # after so many questions whether there is room TCP_USER_TIMEOUT would have acted
MUCH = 1 << 25


class ExecModel:
    socket = socket
    Event = threading.Event

    def start(self, function, arguments):
        threading.Thread(target=function, args=arguments, daemon=True).start()


def connect(forwarder, listener):
    far = forwarder["Server"](ExecModel(), listener.getsockname(), TIMEOUT, 1)
    peer = listener.accept()[0]
    peer.settimeout(TIMEOUT)
    return far, peer


def backoff(stream):
    return stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[4]


def keeps_who_does_not_read(forwarder, listener):
    far, peer = connect(forwarder, listener)
    errors = []

    def send():
        try:
            far.stream.sendall(b"x" * MUCH)
        except OSError as exc:
            errors.append(exc)

    sender = threading.Thread(target=send)
    sender.start()
    while backoff(far.stream) < BACKOFF and not errors:
        sender.join(0.01)
    received = 0
    while received < MUCH and not errors:
        received += len(peer.recv(1 << 16))
    sender.join()
    assert not errors, errors
    far.close()


def gives_up_who_acknowledges_nothing(forwarder, listener):
    server = forwarder["Server"]
    server._watch.__globals__["tcp_info"] = lambda stream: (0, 1, 1000)
    far, peer = connect(forwarder, listener)
    assert peer.recv(1) == b""
    far.close()


if __name__ == "__main__":
    code = runpy.run_path(sys.argv[1])
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        keeps_who_does_not_read(code, server)
        gives_up_who_acknowledges_nothing(code, server)
