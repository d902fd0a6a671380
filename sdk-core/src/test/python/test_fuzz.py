"""Random frames for a worker: it goes on, or ends with a protocol error, and never hangs."""

import unittest

import credit_case
import fuzzing
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal

SOURCES = (
    "channel.send(1)",
    "1 / 0",
    "for x in channel: channel.send(x)",
    "channel.setcallback(channel.send)\nchannel.waitclose()",
    "c = channel.gateway.newchannel()\nchannel.send(c)\nc.setcallback(channel.send)\n"
    "channel.receive()",
    "c = channel.receive()\nc.send(c.receive())",
)
VALUES = (1, "x" * 70000, b"y" * 5000, [{"a": (1.5, None)}, {2}], (True, False), 1 << 70)
CREDIT = (10**6, 10**9, 10**9)
LAST_ID = 1000001
CHANNEL_TYPES = (
    frames.STATUS,
    frames.RECONFIGURE,
    frames.CHANNEL_EXEC,
    frames.CHANNEL_DATA,
    frames.CHANNEL_CLOSE,
    frames.CHANNEL_CLOSE_ERROR,
    frames.CHANNEL_LAST_MESSAGE,
    frames.CANCEL,
    frames.PING,
    100,
)


class Stream:
    """Random frames; after a fatal one nobody can tell what the worker takes for a frame."""

    def __init__(self, source, fatal):
        self._source = source
        self._next_id = 1
        self.data = b"".join(self._frame() for _ in range(60))
        if fatal:
            self.data += self._fatal() + fuzzing.noise(source, 500)

    def _frame(self):
        source = self._source
        if source.random() < 0.25:
            self._next_id += 2
            payload = dumps_internal((source.choice(SOURCES), None, None, {}))
            return frame(frames.CHANNEL_EXEC, self._next_id, payload)
        channel_id = source.choice((0, 2, 4, -1, 2**31 - 1, source.randrange(self._next_id + 2)))
        return frame(source.choice(CHANNEL_TYPES), channel_id, self._payload())

    def _payload(self):
        source = self._source
        if source.random() < 0.3:
            return fuzzing.noise(source)
        if source.random() < 0.2:
            return b"B" + source.randrange(-2, 9).to_bytes(4, "big", signed=True) + b"Q"
        payload = dumps_internal(source.choice(VALUES))
        return payload if source.random() < 0.6 else fuzzing.mutated(source, payload)

    def _fatal(self):
        source = self._source
        return source.choice(
            (
                frame(frames.GATEWAY_TERMINATE, 0, b""),
                frame(source.randrange(8, 64), 1, b""),
                frame(source.randrange(-128, 0), 1, b""),
                frame(frames.CREDIT, 1, fuzzing.noise(source)),
                frames.pack_header(frames.CHANNEL_DATA, 1, -1),
                frames.pack_header(frames.CHANNEL_DATA, 1, 2**31 - 1),
                b"",
            )
        )


def frame(msgcode, channel_id, payload):
    return frames.pack_header(msgcode, channel_id, len(payload)) + payload


class RandomFrames:
    def send(self, worker, source, data):
        try:
            for piece in fuzzing.pieces(source, data):
                worker.write(piece)
        except OSError:
            pass  # it has ended

    def test_no_way_leads_to_a_hang_or_a_traceback(self):
        fuzzing.go(self, 6, self.check)

    def check(self, source):
        fatal = source.random() < 0.5
        worker = self.greeted(CREDIT, CREDIT)
        self.send(worker, source, Stream(source, fatal).data)
        if not fatal:
            worker.frame(frames.STATUS, LAST_ID)
            self.assertEqual(worker.item(LAST_ID)["execmodel"], self.model)
        try:
            worker.close_input()
        except OSError:
            pass  # what was to be written still
        self.assertEqual(worker.wait(), 0)
        self.assertNotIn("Traceback", worker.errors)
        if not fatal:
            self.assertNotIn("protocol error", worker.errors)


class OnThreadTest(RandomFrames, credit_case.HelloCase):
    pass


class OnGeventTest(RandomFrames, credit_case.HelloCase):
    model = "gevent"


if __name__ == "__main__":
    unittest.main()
