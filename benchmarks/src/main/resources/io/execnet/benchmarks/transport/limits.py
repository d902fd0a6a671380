"""What a process of Python can do at best: no channels, and nothing but the work itself.

Reads jobs from its input and answers each with its seconds, as stock_master.py does. Values travel
in marshal's format behind their length, through buffered files; bytes behind their length too, with
one system call each as far as the system takes them; round trips are one byte each way.
Who reads bytes takes all into one buffer; with "values" as argument, each into a value of its own.
"""

import json
import marshal
import os
import socket
import struct
import sys
import time

HEADER = struct.Struct("!I")
PLAIN = {"b'x' * 1000": 1000, "b'x' * 65536": 65536, "b'x' * 1000000": 1000000}
PIECE = 1 << 18
VALUES = "values" in sys.argv


def write_values(out, value, count):
    dumps, pack, write = marshal.dumps, HEADER.pack, out.write
    for _ in range(count):
        data = dumps(value, 2)
        write(pack(len(data)))
        write(data)
    out.flush()


def read_values(source, count):
    loads, unpack, read = marshal.loads, HEADER.unpack, source.read
    for _ in range(count):
        loads(read(unpack(read(4))[0]))


def write_bytes(sock, data, count):
    header = HEADER.pack(len(data))
    for _ in range(count):
        left = len(data) + 4 - sock.sendmsg([header, data])
        if left > 0:
            sock.sendall(memoryview(data)[len(data) - left :])


def read_bytes(sock, size, count):
    buffer = bytearray(max(PIECE, size + 4))
    left = (size + 4) * count
    while left:
        left -= sock.recv_into(buffer, min(left, len(buffer)))


def read_values_of_bytes(source, size, count):
    read = source.read
    for _ in range(count):
        read(size + 4)


def move(job, sock, files):
    kind, item, count = job
    value = eval(item)
    if item in PLAIN:
        if kind == "write":
            write_bytes(sock, value, count)
        elif VALUES:
            read_values_of_bytes(files[0], PLAIN[item], count)
        else:
            read_bytes(sock, PLAIN[item], count)
    elif kind == "write":
        write_values(files[1], value, count)
    else:
        read_values(files[0], count)


def echo(sock, count):
    for _ in range(count):
        sock.send(sock.recv(1))


def work(sock):
    """The other process."""
    files = sock.makefile("rb", PIECE), sock.makefile("wb", PIECE)
    while True:
        length = sock.recv(4)
        if len(length) < 4:
            return
        job = json.loads(sock.recv(HEADER.unpack(length)[0], socket.MSG_WAITALL).decode())
        if job[0] == "echo":
            echo(sock, job[2])
        else:
            move(job, sock, files)
            sock.sendall(b"!")


def main():
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        work(theirs)
        os._exit(0)
    theirs.close()
    files = ours.makefile("rb", PIECE), ours.makefile("wb", PIECE)
    print("there", flush=True)
    for line in sys.stdin:
        kind, item, count, _ = json.loads(line)
        there = {"upload": "read", "download": "write", "round_trip": "echo", "tail": "echo"}[kind]
        here = {"upload": "write", "download": "read"}.get(kind)
        begin = time.perf_counter()
        job = json.dumps([there, item, count]).encode()
        ours.sendall(HEADER.pack(len(job)) + job)
        if here is None:
            laps = []
            last = begin
            for _ in range(count):
                ours.send(b"x")
                ours.recv(1)
                now = time.perf_counter()
                laps.append(now - last)
                last = now
        else:
            move([here, item, count], ours, files)
            buffered = here == "read" and (VALUES or item not in PLAIN)
            assert (files[0].read(1) if buffered else ours.recv(1)) == b"!"
        seconds = time.perf_counter() - begin
        print(sorted(laps)[count * 99 // 100] * count if kind == "tail" else seconds, flush=True)


main()
