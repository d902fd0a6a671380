"""Stock execnet as the master: reads jobs from its input, answers each with its seconds."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import execnet


def upload(channel, size, count):
    item = b"x" * size if size else 1
    for _ in range(count):
        channel.send(item)
    channel.send(None)
    assert channel.receive() == count


def download(channel, size, count):
    channel.send((size, count))
    for _ in range(count):
        channel.receive()


def round_trip(channel, size, count):
    for i in range(count):
        channel.send(i)
        assert channel.receive() == i
    channel.send(None)


def open_gateway(source):
    gateway = execnet.Group().makegateway(sys.argv[1])
    assert gateway.remote_exec(source).receive() == 1
    gateway.exit()
    gateway.join()


def open_gateways(source, count):
    at_once = int(sys.argv[2])
    if at_once == 1:
        for _ in range(count):
            open_gateway(source)
    else:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(open_gateway, [source] * count))


def main():
    gateway = execnet.makegateway(sys.argv[1])
    print("execnet", execnet.__version__, flush=True)
    for line in sys.stdin:
        kind, size, count, source = json.loads(line)
        begin = time.perf_counter()
        if kind == "open":
            open_gateways(source, count)
        else:
            channel = gateway.remote_exec(source)
            globals()[kind](channel, size, count)
            channel.waitclose()
        print(time.perf_counter() - begin, flush=True)
    gateway.exit()


main()
