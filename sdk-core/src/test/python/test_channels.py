"""Channels of a worker process, over the plain protocol."""

import unittest

import master
from collecting import DROP_C
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal


class ChannelTest(master.WorkerCase):
    def test_items_both_ways(self):
        channel = self.worker.execute("for x in channel:\n    channel.send([x, x])")
        for value in (None, 1.5, {"a": (b"x", {1})}, -(2**70), "\u20ac"):
            self.worker.send(channel, value)
            self.assertEqual(self.worker.item(channel), [value, value])
        self.worker.frame(frames.CHANNEL_LAST_MESSAGE, channel)
        self.worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_large_items(self):
        channel = self.worker.execute("channel.send(channel.receive())\nchannel.send(1)")
        data = bytes(range(256)) * 40000
        self.worker.send(channel, data)
        self.assertEqual(self.worker.item(channel), data)
        self.assertEqual(self.worker.item(channel), 1)

    def test_frames_from_many_threads_are_whole(self):
        source = (
            "import threading\n"
            "def run(n):\n    for i in range(100):\n        channel.send((n, b'x' * (i * 97)))\n"
            "threads = [threading.Thread(target=run, args=(n,)) for n in range(5)]\n"
            "[t.start() for t in threads]; [t.join() for t in threads]"
        )
        seen = dict.fromkeys(range(5), 0)
        for number, data in self.worker.run(source):
            self.assertEqual(data, b"x" * (seen[number] * 97))
            seen[number] += 1
        self.assertEqual(set(seen.values()), {100})

    def test_a_blocked_sender_blocks_no_other_execution(self):
        # Nobody reads the master's end here until the other execution has had its effect.
        with master.Worker() as worker:
            blocked = worker.execute("channel.receive()\nchannel.send(b'x' * 30000000)")
            worker.send(blocked, 1)
            self.assertEqual(worker.run("channel.send(1)"), [1])
            self.assertEqual(len(worker.item(blocked)), 30000000)

    def test_timeouts(self):
        text = self.worker.error(self.worker.execute("channel.receive(timeout=0.01)"))
        self.assertIn("TimeoutError: no item after 0.01 seconds", text)
        text = self.worker.error(self.worker.execute("channel.waitclose(0.01)"))
        self.assertIn("TimeoutError: Timeout after 0.01 seconds", text)

    def test_dump_error_in_executed_code_sends_nothing(self):
        source = (
            "try:\n    channel.send([object])\n"
            "except Exception as e:\n    channel.send((type(e).__name__, str(e)))"
        )
        self.assertEqual(
            self.worker.run(source), [("DumpError", "can't serialize <class 'type'> at [0]")]
        )

    def test_load_error_closes_one_channel_on_both_sides(self):
        bad = self.worker.execute("channel.receive()")
        good = self.worker.execute("channel.send(channel.receive())")
        self.worker.frame(frames.CHANNEL_DATA, bad, b"zQ")
        self.assertIn("unknown opcode", self.worker.error(bad))
        self.worker.send(good, 5)
        self.assertEqual(self.worker.item(good), 5)

    def test_load_error_is_raised_locally(self):
        channel = self.worker.execute(
            "c = channel.receive()\ntry:\n    c.receive()\n"
            "except c.RemoteError as e:\n    channel.send(str(e))"
        )
        other = self.worker.new_id()
        self.worker.send_channel(channel, other)
        self.worker.frame(frames.CHANNEL_DATA, other, b"")
        self.assertIn("can't load", self.worker.error(other))
        self.assertIn("can't load", self.worker.item(channel))

    def test_data_for_unknown_channels_is_dropped(self):
        self.worker.send(99, 1)
        self.worker.frame(frames.CHANNEL_DATA, 99, b"garbage")
        self.worker.frame(frames.CHANNEL_CLOSE, 99)
        self.assertEqual(self.worker.run("channel.send(1)"), [1])

    def test_remote_error_once_then_end_of_file(self):
        channel = self.worker.execute(
            "c = channel.receive()\n"
            "for i in range(3):\n    try: c.receive()\n"
            "    except (EOFError, c.RemoteError) as e: channel.send((type(e).__name__, str(e)))\n"
            "channel.send((c.isclosed(), repr(c)))\n"
            "try: c.send(1)\n"
            "except OSError as e: channel.send(str(e))\n"
        )
        other = self.worker.new_id()
        self.worker.send_channel(channel, other)
        self.worker.frame(frames.CHANNEL_CLOSE_ERROR, other, dumps_internal("boo"))
        items = [self.worker.item(channel) for _ in range(5)]
        self.assertEqual(items[:3], [("RemoteError", "boo"), ("EOFError", ""), ("EOFError", "")])
        shown = "<Channel id=%d closed>" % other
        self.assertEqual(items[3:], [(True, shown), "cannot send to " + shown])

    def test_new_channel_is_closed_with_an_error(self):
        channel = self.worker.execute(
            "c = channel.gateway.newchannel(); channel.send(c); c.close('why'); c.close()"
        )
        other = self.worker.item(channel).id
        self.assertEqual(other % 2, 0)
        self.assertEqual(self.worker.error(other), "why")
        self.worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_reconfigure(self):
        channel = self.worker.execute(
            "channel.reconfigure(True, True); channel.send(channel.receive())"
        )
        msgcode, payload = self.worker.next_frame(channel)
        self.assertEqual((msgcode, payload), (frames.RECONFIGURE, dumps_internal((True, True))))
        self.worker.send(channel, "abc")
        self.assertEqual(self.worker.item(channel), b"abc")

    def test_reconfigured_by_the_master(self):
        echo = "channel.send(channel.receive())"
        channel = self.worker.execute(echo)
        self.worker.frame(frames.RECONFIGURE, channel, dumps_internal((False, False)))
        self.worker.frame(frames.CHANNEL_DATA, channel, b"M\0\0\0\1\xe9Q")
        self.assertEqual(self.worker.item(channel), b"\xe9")
        self.worker.frame(frames.RECONFIGURE, 0, dumps_internal((True, True)))
        later = self.worker.execute(echo)
        self.worker.send(later, "abc")
        self.assertEqual(self.worker.item(later), b"abc")

    def test_collected_channels_are_closed(self):
        channel = self.worker.execute(
            "c = channel.gateway.newchannel()\nchannel.send(c.id)\n" + DROP_C + ""
            "c = channel.gateway.newchannel()\nc.setcallback(channel.send, endmarker='end')\n"
            "channel.send(c.id)\n" + DROP_C + "channel.receive()"
        )
        self.worker.expect(self.worker.item(channel), frames.CHANNEL_CLOSE)
        called = self.worker.item(channel)
        self.worker.expect(called, frames.CHANNEL_LAST_MESSAGE)
        self.worker.send(called, "still comes")
        self.assertEqual(self.worker.item(channel), "still comes")
        self.worker.frame(frames.CHANNEL_CLOSE, called)
        self.assertEqual(self.worker.item(channel), "end")

    def test_collection_amid_sending_does_not_deadlock(self):
        source = (
            "import gc\nset_threshold = getattr(gc, 'set_threshold', len)\n"
            "if set_threshold is not len: set_threshold(1)\n"
            "for i in range(500):\n"
            "    c = channel.gateway.newchannel()\n    c.itself = c\n    del c\n"
            "    channel.send([i] * (i % 50))\n"
            "if set_threshold is not len: set_threshold(700)"
        )
        self.assertEqual(len(self.worker.run(source)), 500)

    def test_makefile(self):
        channel = self.worker.execute(
            "c = channel.gateway.newchannel()\nchannel.send(c)\nf = c.makefile('r')\n"
            "channel.send([f.readline(), f.read(4), f.readline(), f.readline(), f.read(9)])\n"
            "f = channel.makefile()\nf.write('a'); f.flush(); print('b', file=f)\n"
            "channel.send(f.isatty())"
        )
        other = self.worker.item(channel).id
        for text in ("ab\ncd", "efgh\nx", "x"):
            self.worker.send(other, text)
        self.worker.frame(frames.CHANNEL_CLOSE, other)
        self.assertEqual(self.worker.item(channel), ["ab\n", "cdef", "gh\n", "xx", ""])
        self.assertEqual([self.worker.item(channel) for _ in range(4)], ["a", "b", "\n", False])


class CallbackTest(master.WorkerCase):
    def test_items_from_before_and_after_in_order(self):
        channel = self.worker.execute(
            "c = channel.receive()\nchannel.receive()\n"
            "c.setcallback(channel.send, endmarker=None)\nc.waitclose()\nchannel.send('closed')"
        )
        other = self.worker.new_id()
        self.worker.send_channel(channel, other)
        for number in range(100):
            self.worker.send(other, number)
        self.worker.send(channel, "go")
        for number in range(100, 200):
            self.worker.send(other, number)
        self.worker.frame(frames.CHANNEL_CLOSE, other)
        items = [self.worker.item(channel) for _ in range(202)]
        self.assertEqual(items[:200], list(range(200)))
        self.assertEqual(set(items[200:]), {None, "closed"})

    def test_an_exception_closes_its_channel_on_both_sides_and_no_other(self):
        channel = self.worker.execute(
            "def cb(x):\n    1 / x\n"
            "c = channel.receive()\nc.setcallback(cb)\n"
            "try: c.waitclose()\n"
            "except c.RemoteError as e: channel.send(str(e))"
        )
        other = self.worker.new_id()
        self.worker.send_channel(channel, other)
        self.worker.send(other, 1)
        self.worker.send(other, 0)
        text = self.worker.error(other)
        lines = text.splitlines()
        self.assertEqual(lines[1], '  File "<remote exec>", line 2, in cb')
        self.assertIn("ZeroDivisionError", text)
        self.assertEqual(self.worker.item(channel), text)

    def test_no_receive_beside_a_callback(self):
        for use in ("c.receive()", "next(c)", "c.setcallback(len)"):
            text = self.worker.error(
                self.worker.execute(
                    "c = channel.gateway.newchannel(); c.setcallback(print)\n" + use
                )
            )
            self.assertIn("OSError", text)
            self.assertIn("callback", text)


if __name__ == "__main__":
    unittest.main()
