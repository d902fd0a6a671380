"""A worker that is asked whether it is there."""

import unittest

import credit_case
from execnet_worker import frames


class PingTest(credit_case.HelloCase):
    def test_is_answered_whatever_runs(self):
        worker = self.greeted()
        channel = worker.execute("channel.receive()")
        worker.frame(frames.PING, 0, b"payload")
        self.assertEqual(worker.next_frame(0), (frames.PONG, b"payload"))
        worker.send(channel, 1)
        worker.expect(channel, frames.CHANNEL_CLOSE)


class GeventPingTest(PingTest):
    model = "gevent"

    def test_is_answered_while_the_hub_is_kept_busy(self):
        worker = self.greeted()
        channel = worker.execute("import time\nchannel.send(1)\nwhile True: time.sleep(1)")
        self.assertEqual(worker.item(channel), 1)
        worker.frame(frames.PING, 0, b"")
        self.assertEqual(worker.next_frame(0), (frames.PONG, b""))


class EventletPingTest(GeventPingTest):
    model = "eventlet"


if __name__ == "__main__":
    unittest.main()
