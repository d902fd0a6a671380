"""A small master, to test the worker without stock execnet: frames out, frames in."""

import collections
import queue
import struct
import subprocess
import sys
import threading
import unittest

import program
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.loading import loads_internal

BOOTSTRAP = "import sys;exec(eval(sys.stdin.readline()))"
TIMEOUT = 60  # for what should happen at once; slow machines may take it
# Source that goes on until something ends it, without taking a processor from other tests.
ENDLESS = "import select\nwhile True: select.select([], [], [], 0.01)"


class ChannelRef(collections.namedtuple("ChannelRef", "id")):
    """A channel inside a received value."""


def command(*arguments):
    return [sys.executable, "-u", "-c", BOOTSTRAP] + list(arguments)


def program_line():
    return repr(program.joined()).encode("ascii") + b"\n"


class Worker:
    """A worker process and the streams to it."""

    def __init__(self, *arguments, **popen_options):
        self.errors = ""
        self.process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **popen_options,
        )
        self.process.stdin.write(program.compiled_worker().encode() + b"\n")
        self.process.stdin.flush()
        self._errors_thread = threading.Thread(target=self._read_errors, daemon=True)
        self._errors_thread.start()
        self.open(self.process.stdout.read, self._write)

    def open(self, read, write):
        self.read = read
        self.write = write
        self._frames = queue.Queue()
        self._backlog = []
        self._last_id = -1
        self._reader = threading.Thread(target=self._read_frames, daemon=True)
        self.hello = None

    def _write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def _read_errors(self):
        self.errors = self.process.stderr.read().decode("utf-8", "replace")

    def start(self):
        self.hello = self.read(1)
        self._reader.start()
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._errors_thread.join(TIMEOUT)
        if self.hello:
            self._reader.join(TIMEOUT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass

    def _read_frames(self):
        while True:
            try:
                header = self.read(9)
                if len(header) < 9:
                    break
                message = frames.Message.from_io(_Once(header, self.read))
            except (OSError, ValueError):
                break
            channel_id = message.channelid
            if message.msgcode == frames.CREDIT:
                channel_id = ("credit", channel_id)  # it may come between any others
            self._frames.put((message.msgcode, channel_id, message.data))
        self._frames.put(None)

    # Sending

    def frame(self, msgcode, channel_id=0, payload=b""):
        self.write(frames.pack_header(msgcode, channel_id, len(payload)) + payload)

    def new_id(self):
        self._last_id += 2
        return self._last_id

    def execute(self, source, file_name=None, function=None, kwargs=None):
        channel_id = self.new_id()
        payload = dumps_internal((source, file_name, function, kwargs or {}))
        self.frame(frames.CHANNEL_EXEC, channel_id, payload)
        return channel_id

    def send(self, channel_id, value):
        self.frame(frames.CHANNEL_DATA, channel_id, dumps_internal(value))

    def send_channel(self, channel_id, sent_id):
        self.frame(frames.CHANNEL_DATA, channel_id, b"B" + sent_id.to_bytes(4, "big") + b"Q")

    def credit(self, channel_id, items, size):
        self.frame(frames.CREDIT, channel_id, struct.pack(">ii", items, size))

    def close_input(self):
        self.process.stdin.close()

    # Receiving

    def next_frame(self, channel_id, timeout=TIMEOUT):
        """The next frame on that channel, as (type, payload); frames of others are kept."""
        for at, frame in enumerate(self._backlog):
            if frame[1] == channel_id:
                del self._backlog[at]
                return frame[0], frame[2]
        while True:
            frame = self.next(timeout)
            if frame[1] == channel_id:
                return frame[0], frame[2]
            self._backlog.append(frame)

    def next(self, timeout=TIMEOUT):
        """The next frame of all that were not kept."""
        frame = self._frames.get(timeout=timeout)
        if frame is None:
            self._frames.put(None)
            raise EOFError("worker ended: %s" % self.errors)
        return frame

    def item(self, channel_id):
        """The next item on that channel, which has to be one."""
        msgcode, payload = self.next_frame(channel_id)
        if msgcode != frames.CHANNEL_DATA:
            text = loads_internal(payload) if payload else ""
            raise AssertionError("no item, but a frame of type %d: %s" % (msgcode, text))
        return loads_internal(payload, ChannelRef)

    def take(self, channel_id):
        """The next item, with credit for it."""
        msgcode, payload = self.next_frame(channel_id)
        if msgcode != frames.CHANNEL_DATA:
            raise AssertionError("no item, but a frame of type %d: %r" % (msgcode, payload))
        self.credit(channel_id, 1, len(payload))
        return loads_internal(payload, ChannelRef)

    def credited(self, channel_id):
        """The next credit that the worker gives for that channel: items, bytes."""
        return struct.unpack(">ii", self.next_frame(("credit", channel_id))[1])

    def arrived(self, channel_id):
        """How many frames for that have come by the time that the worker has answered."""
        self.status()
        return sum(frame[1] == channel_id for frame in self._backlog)

    def error(self, channel_id, timeout=TIMEOUT):
        """The error text that the channel was closed with."""
        msgcode, payload = self.next_frame(channel_id, timeout)
        if msgcode != frames.CHANNEL_CLOSE_ERROR:
            raise AssertionError("no error, but a frame of type %d: %r" % (msgcode, payload))
        return loads_internal(payload)

    def expect(self, channel_id, msgcode):
        found, payload = self.next_frame(channel_id)
        if found != msgcode:
            raise AssertionError("not type %d, but %d: %r" % (msgcode, found, payload))

    def run(self, source, **options):
        """Execute, and return the items that it sends until it ends."""
        channel_id = self.execute(source, **options)
        items = []
        while True:
            msgcode, payload = self.next_frame(channel_id)
            if msgcode == frames.CHANNEL_CLOSE:
                return items
            if msgcode != frames.CHANNEL_DATA:
                raise AssertionError("failed: %s" % loads_internal(payload))
            items.append(loads_internal(payload, ChannelRef))

    def status(self):
        channel_id = self.new_id()
        self.frame(frames.STATUS, channel_id)
        status = self.item(channel_id)
        self.expect(channel_id, frames.CHANNEL_CLOSE)
        return status

    def wait(self, timeout=TIMEOUT):
        status = self.process.wait(timeout)
        self._errors_thread.join(TIMEOUT)
        return status


class _Once:
    """Gives back a header that was read already, then reads on."""

    def __init__(self, header, read):
        self._header = header
        self._read = read

    def read(self, size):
        if self._header:
            header, self._header = self._header, b""
            return header
        return self._read(size) if size else b""


class WorkerCase(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.worker = Worker(*self.arguments)
        self.addCleanup(self.worker.__exit__)
        self.worker.start()
        self.assertEqual(self.worker.hello, b"1")
