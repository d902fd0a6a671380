"""The other end for tests of transports: bytes instead of frames; what it does is in $PEER."""

import argparse
import os
import select
import signal
import socket
import sys
import threading
import time
import zlib


def connect(path):
    made = []
    try:
        for tag in (b"P", b"O", b"E"):
            made.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            made[-1].connect(path)
            made[-1].sendall(tag)
    except OSError:
        for one in made:
            one.close()
        return None
    protocol, output, errors = made
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    for fd in (null, output.detach(), errors.detach()):
        os.close(fd)
    fd = protocol.detach()
    return fd, fd


def take_socket(sock):
    """What a socket server has accepted."""
    fd = os.dup(sock.fileno())
    sock.close()
    os.set_blocking(fd, True)
    return fd, fd


def take_pipes():
    streams = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return streams


def read_exactly(n):
    data = b""
    while len(data) < n:
        chunk = os.read(RFD, n - len(data))
        if not chunk:
            sys.exit(0)
        data += chunk
    return data


def write_all(data):
    view = memoryview(data)
    while view:
        view = view[os.write(WFD, view) :]


def say(text):
    line = (text + "\n").encode()
    os.write(2, line)
    if "REPORT" in os.environ:
        with open(os.environ["REPORT"], "ab", 0) as report:
            report.write(line)


def pattern(n):
    block = bytes(i * 7 % 251 for i in range(65521))
    return (block * (n // len(block) + 1))[:n]


def echo():
    while True:
        data = os.read(RFD, 1 << 16)
        if not data:
            return
        write_all(data)


def duplex():
    """Reads a count, then so many bytes, while it writes as many; then their checksum."""
    n = int.from_bytes(read_exactly(8), "big")
    sums = []

    def receive():
        crc, left = 0, n
        while left:
            data = os.read(RFD, min(left, 1 << 16))
            crc = zlib.crc32(data, crc)
            left -= len(data)
        sums.append(crc)

    reader = threading.Thread(target=receive)
    reader.start()
    write_all(pattern(n))
    reader.join()
    write_all(sums[0].to_bytes(4, "big"))


def flood():
    """Writes until nobody takes any for half a second and says how much that was; then the rest."""
    total = int(read_exactly(8).decode())
    data, sent = pattern(total), 0
    os.set_blocking(WFD, False)
    while sent < total:
        if not select.select([], [WFD], [], 0.5)[1]:
            say("blocked after %d" % sent)
            break
        try:
            sent += os.write(WFD, data[sent : sent + 4096])
        except BlockingIOError:
            pass
    os.set_blocking(WFD, True)
    write_all(data[sent:])


def gated():
    """Reads nothing until the file $GATE is there; then everything, and says how much."""
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.01)
    count = 0
    while True:
        data = os.read(RFD, 1 << 16)
        if not data:
            break
        count += len(data)
    say("read %d" % count)


def die():
    """Writes, then ends as the first line says: a number to exit with, or a signal's name."""
    how = b""
    while not how.endswith(b"\n"):
        how += read_exactly(1)
    write_all(b"last words")
    say("dying")
    how = how.decode().strip()
    if how.isdigit():
        os._exit(int(how))
    if how != "SIGKILL":
        signal.signal(getattr(signal, how), signal.SIG_DFL)
    os.kill(os.getpid(), getattr(signal, how))
    signal.pause()


def farewell():
    """Writes when it has read everything."""
    while os.read(RFD, 1 << 16):
        pass
    write_all(b"last ")
    time.sleep(0.1)
    write_all(b"words")


def prints():
    os.write(1, "out: gr\u00fc\u00df dich\n".encode())
    os.write(2, b"err: first\nerr: no end")
    if os.environ.get("THEN") == "stay":
        echo()


def print_flood():
    line = b"x" * 99 + b"\n"
    for _ in range(int(os.environ["LINES"]) // 100):
        os.write(int(os.environ.get("FD", "1")), line * 100)
    write_all(b"printed")


def grandchild():
    """Leaves a process behind that holds every descriptor, and ends."""
    write_all(b"last words")
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    say("left %d" % child)
    os._exit(3)


def stubborn():
    """Neither reads nor ends."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        time.sleep(60)


def deaf():
    """Reads no more, and says so; then neither writes nor ends."""
    if RFD == WFD:
        socket.socket(fileno=os.dup(RFD)).shutdown(socket.SHUT_RD)
    else:
        os.close(RFD)
        os.close(0)
    write_all(b"deaf")
    stubborn()


parser = argparse.ArgumentParser()
parser.add_argument("--id")
parser.add_argument("--execmodel")
parser.add_argument("--connect")
parser.add_argument("--framed", action="append")
parser.add_argument("--answer", default="1")
parser.add_argument("--hello", action="store_true", help="for workers; this one only answers")
parser.add_argument("--env", action="append", default=[], help="NAME=value, where no transport sets it")
options = parser.parse_args()
os.environ.update(setting.split("=", 1) for setting in options.env)
if "clientsock" in globals():
    RFD, WFD = take_socket(globals()["clientsock"])
else:
    RFD, WFD = options.connect and connect(options.connect) or take_pipes()
write_all(options.answer.encode())
modes = (echo, duplex, flood, gated, die, farewell, prints, print_flood, grandchild, stubborn, deaf)
try:
    {f.__name__: f for f in modes}[os.environ.get("PEER", "echo")]()
finally:
    if "clientsock" in globals():
        os.close(RFD)  # which the end of a thread does not do
