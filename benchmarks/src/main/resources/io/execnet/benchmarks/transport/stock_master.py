"""Stock execnet as the master: reads jobs from its input, answers each with its seconds."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import execnet


AT_ONCE = 64


def upload(channel, item, count):
    value = eval(item)
    for _ in range(count):
        channel.send(value)
    channel.send(None)
    assert channel.receive() == count


def download(channel, item, count):
    channel.send((item, count))
    for _ in range(count):
        channel.receive()


def round_trip(channel, item, count):
    """How long each takes."""
    laps = []
    last = time.perf_counter()
    for i in range(count):
        channel.send(i)
        assert channel.receive() == i
        now = time.perf_counter()
        laps.append(now - last)
        last = now
    channel.send(None)
    return laps


def pipeline(channel, item, count):
    for i in range(AT_ONCE):
        channel.send(i)
    for i in range(AT_ONCE, count):
        channel.receive()
        channel.send(i)
    for _ in range(AT_ONCE):
        channel.receive()
    channel.send(None)


def execute(gateway, source, count, at_once):
    for _ in range(count // at_once):
        for channel in [gateway.remote_exec(source) for _ in range(at_once)]:
            assert channel.receive() == 1
            channel.waitclose()


def start_gateways(count):
    seconds = 0
    for _ in range(count):
        begin = time.perf_counter()
        gateway = execnet.Group().makegateway(sys.argv[1])
        seconds += time.perf_counter() - begin
        gateway.exit()
        gateway.join()
    return seconds


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
        kind, item, count, source = json.loads(line)
        begin = time.perf_counter()
        if kind == "start":
            print(start_gateways(count), flush=True)
            continue
        if kind == "open":
            open_gateways(source, count)
        elif kind.startswith("exec"):
            execute(gateway, source, count, 1 if kind == "exec" else AT_ONCE)
        else:
            channel = gateway.remote_exec(source)
            laps = globals()["round_trip" if kind == "tail" else kind](channel, item, count)
            channel.waitclose()
        seconds = time.perf_counter() - begin
        print(sorted(laps)[count * 99 // 100] * count if kind == "tail" else seconds, flush=True)
    gateway.exit()


main()
