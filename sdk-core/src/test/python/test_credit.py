"""Credit in both directions at once, and where processes and interrupts come between."""

import os
import queue
import signal
import sys
import unittest

import credit_case
from credit_case import ONE
from credit_case import size
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.loading import loads_internal


class BothTest(credit_case.HelloCase):
    def test_everything_at_once(self):
        worker = self.greeted(to_master=(4, 500, 2000), to_worker=(4, 500, 2000))
        echo = "for x in channel: channel.send(x)"
        channels = [worker.execute(echo) for _ in range(10)]
        sent, credited, received = [dict.fromkeys(channels, 0) for _ in range(3)]
        while any(number < 100 for number in received.values()):
            for channel in channels:
                while sent[channel] < 100 and sent[channel] - credited[channel] < 4:
                    worker.send(channel, sent[channel])
                    sent[channel] += 1
            msgcode, channel, payload = worker.next()
            if msgcode == frames.CREDIT:
                credited[channel[1]] += int.from_bytes(payload[:4], "big")
            else:
                self.assertEqual(payload, dumps_internal(received[channel]))
                worker.credit(channel, 1, len(payload))
                received[channel] += 1
        self.assert_alive(worker)

    def test_threads_keep_to_the_limits_as_the_master_sees_them(self):
        limits = (5, 100, 300)
        worker = self.greeted(to_master=limits)
        channel = self.execute(
            worker,
            "import sys\nsys.setswitchinterval(1e-6)\nchannels = [new() for _ in range(3)]\n"
            "def send(n):\n"
            "    for i in range(100): channels[i * n % 3].send(b'x' * (i * 37 * n % 150))\n"
            "for n in range(1, 21): m.start(send, (n,))\nchannel.receive()",
        )
        outstanding = {worker.take(channel).id: [] for _ in range(3)}
        for _ in range(20 * 100):
            msgcode, channel, payload = worker.next()
            self.assertEqual(msgcode, frames.CHANNEL_DATA)
            here = outstanding[channel]
            total = sum(map(sum, outstanding.values()))
            self.assertLess(len(here), limits[0])
            self.assertLess(sum(here), limits[1])
            self.assertTrue(total < limits[2] or not here, (total, here))
            here.append(len(payload))
            total += len(payload)
            if len(here) == limits[0] or sum(here) >= limits[1] or total >= limits[2]:
                for c, sizes in outstanding.items():
                    if sizes:
                        worker.credit(c, len(sizes), sum(sizes))
                        del sizes[:]

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_a_child_process_waits_for_no_credit(self):
        worker = self.greeted(to_master=ONE, to_worker=ONE)
        channel = self.execute(
            worker,
            "import gc, os\nc = new()\nm.start(lambda: [c.send(i) for i in range(3)])\n"
            "when(lambda: c._outgoing.waiting)\nr, w = os.pipe()\nif not os.fork():\n"
            "    out = []\n"
            "    try: c.send(5)\n    except OSError: out.append('send')\n"
            "    try: c.receive()\n    except EOFError: out.append('receive')\n"
            "    c.close()\n"
            "    del c; gc.collect()\n"
            "    channel.gateway.newchannel().setcallback(out.append, 'end')\n"
            "    os.write(w, ' '.join(out).encode()); os._exit(0)\n"
            "os.wait()\nchannel.send(os.read(r, 100))",
        )
        c = worker.take(channel).id
        self.assertEqual(worker.take(channel)[:12], b"send receive")
        self.assertEqual([worker.take(c) for _ in range(3)], [0, 1, 2])

    @unittest.skipIf(sys.platform == "win32", "POSIX signals")
    def test_an_interrupt_leaves_the_counts_right(self):
        worker = self.greeted(to_master=ONE)
        channel = self.execute(
            worker,
            "import signal\ntold = new()\nchannel.send(0)\n"
            "def watch():\n    when(lambda: channel._outgoing.waiting)\n    told.send('blocked')\n"
            "try: m.start(watch); channel.send(1)\n"
            "except KeyboardInterrupt: signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "told.send('interrupted')\nm.start(watch)\nchannel.send(2)\nchannel.send(3)",
        )
        told = worker.take(channel).id
        self.assertEqual(worker.item(channel), 0)
        self.assertEqual(worker.take(told), "blocked")
        self.assertEqual(self.interrupted(worker, told), "interrupted")
        self.assertEqual(worker.take(told), "blocked")
        worker.credit(channel, 1, size(0))
        self.assertEqual(worker.take(channel), 2)
        self.assertEqual(worker.take(channel), 3)
        self.assertEqual(worker.next_frame(channel)[0], frames.CHANNEL_CLOSE)

    def interrupted(self, worker, told):
        """What is told then. Python may miss a signal that comes just when a wait begins."""
        while True:
            worker.process.send_signal(signal.SIGINT)
            try:
                payload = worker.next_frame(told, timeout=10)[1]
            except queue.Empty:
                continue
            worker.credit(told, 1, len(payload))
            return loads_internal(payload)


if __name__ == "__main__":
    unittest.main()
