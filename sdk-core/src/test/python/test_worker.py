"""A worker process on its own: execution, channels, errors, over the plain protocol."""

import socket
import subprocess
import sys
import time
import unittest

import master
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.execmodels import UnavailableModel
from execnet_worker.execmodels import get_execmodel


class WorkerCase(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.worker = master.Worker(*self.arguments)
        self.addCleanup(self.worker.__exit__)
        self.worker.start()
        self.assertEqual(self.worker.hello, b"1")


class StartTest(unittest.TestCase):
    def test_unknown_execmodel(self):
        with self.assertRaises(UnavailableModel):
            get_execmodel("other")
        worker = master.Worker("--execmodel", "other")
        self.addCleanup(worker.__exit__)
        self.assertEqual(worker.process.stdout.read(), b"")
        self.assertEqual(worker.wait(), 2)
        self.assertEqual(worker.errors, "execnet worker: unknown execmodel 'other'\n")

    def test_id(self):
        with master.Worker("--id", "gw7-worker") as worker:
            self.assertEqual(worker.run("channel.send(channel.gateway.id)"), ["gw7-worker"])

    def test_ends_when_the_input_ends_before_anything_came(self):
        with master.Worker() as worker:
            worker.close_input()
            self.assertEqual(worker.wait(), 0)
            self.assertEqual(worker.errors, "")


class ExecutionTest(WorkerCase):
    def test_names(self):
        source = "channel.send((__name__, sorted(globals())))"
        names = ["__builtins__", "__name__", "channel"]
        self.assertEqual(self.worker.run(source), [("__channelexec__", names)])

    def test_function(self):
        source = "def f(channel, a, b=1):\n    channel.send((a, b))"
        run = self.worker.run
        self.assertEqual(run(source, function="f", kwargs={"a": 3}), [(3, 1)])

    def test_standard_descriptors_do_not_touch_the_protocol(self):
        source = (
            "import os, sys, subprocess\nprint('x')\nos.write(1, b'yyyyyyyyyyyyyyyy')\n"
            "subprocess.call([sys.executable, '-c', 'print(1)'])\n"
            "channel.send((sys.stdin.read(), os.read(0, 5)))"
        )
        self.assertEqual(self.worker.run(source), [("", b"")])

    def test_traceback_begins_with_the_users_code_and_shows_it(self):
        text = self.worker.error(self.worker.execute("def f():\n    return 1 / 0\n\nf()"))
        lines = text.splitlines()
        self.assertEqual(lines[0], "Traceback (most recent call last):")
        self.assertEqual(lines[1], '  File "<remote exec>", line 4, in <module>')
        self.assertEqual(lines[2], "    f()")
        self.assertIn("    return 1 / 0", lines)
        self.assertEqual(lines[-1], "ZeroDivisionError: division by zero")

    def test_traceback_names_the_file(self):
        channel = self.worker.execute(
            "def f(channel):\n    raise ValueError('\\ud800')", "/no/such/dir/mod.py", "f"
        )
        text = self.worker.error(channel)
        self.assertIn('File "/no/such/dir/mod.py", line 2, in f', text)
        self.assertIn("raise ValueError", text)
        self.assertIn("\\ud800", text)

    def test_sources_of_the_same_name_are_not_mixed_up(self):
        first = self.worker.execute("channel.receive()\n1/0 # first")
        second = self.worker.execute("channel.receive()\n1/0 # second")
        for channel, name in ((first, "# first"), (second, "# second")):
            self.worker.send(channel, 0)
            self.assertIn(name, self.worker.error(channel))
        cached = "import linecache; channel.send([k for k in linecache.cache if '<remote' in k])"
        self.assertEqual(self.worker.run(cached), [["<remote exec>"]])

    def test_syntax_error(self):
        text = self.worker.error(self.worker.execute("x = ("))
        self.assertIn('File "<remote exec>", line 1', text)
        self.assertIn("SyntaxError", text)
        self.assertNotIn("compile(", text)

    def test_interrupt_and_exit(self):
        error = self.worker.error
        text = error(self.worker.execute("raise KeyboardInterrupt"))
        self.assertEqual(text, "keyboard-interrupted")
        self.assertIn("SystemExit: 3", error(self.worker.execute("raise SystemExit(3)")))

    def test_end_of_file_error_is_an_error_unless_the_master_ended(self):
        self.assertIn("EOFError: x", self.worker.error(self.worker.execute("raise EOFError('x')")))
        channel = self.worker.execute("channel.receive(); channel.receive()")
        self.worker.send(channel, 1)
        self.worker.frame(frames.CHANNEL_LAST_MESSAGE, channel)
        self.worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_channel_cannot_be_closed_within(self):
        text = self.worker.error(self.worker.execute("channel.close()"))
        self.assertIn("OSError: cannot explicitly close channel within remote_exec", text)

    def test_bad_requests_are_told_on_their_channel(self):
        for value in (1, (1, 2, 3, 4), ("x", None, None), ("", 1, None, {})):
            channel = self.worker.new_id()
            self.worker.frame(frames.CHANNEL_EXEC, channel, dumps_internal(value))
            self.assertIn("can't execute", self.worker.error(channel))
        self.worker.run("")

    def test_main_thread_first_then_others(self):
        source = (
            "import threading\n"
            "channel.send(threading.current_thread() is threading.main_thread())\n"
            "channel.receive()"
        )
        first = self.worker.execute(source)
        self.assertTrue(self.worker.item(first))
        others = [self.worker.execute(source) for _ in range(3)]
        for channel in others:
            self.assertFalse(self.worker.item(channel))
        self.assertEqual(
            self.worker.status(), {"numchannels": 4, "numexecuting": 4, "execmodel": "thread"}
        )
        for channel in [first] + others:
            self.worker.send(channel, 0)
            self.worker.expect(channel, frames.CHANNEL_CLOSE)
        self.assertEqual(self.worker.status()["numchannels"], 0)


class MainThreadOnlyTest(WorkerCase):
    arguments = ("--execmodel", "main_thread_only")

    def test_a_second_execution_is_refused_after_a_second(self):
        first = self.worker.execute("channel.receive()")
        asked = time.monotonic()
        second = self.worker.execute("channel.send(1)")
        text = self.worker.error(second)
        self.assertEqual(
            text, "concurrent remote_exec would cause deadlock for main_thread_only execmodel"
        )
        self.assertGreater(time.monotonic() - asked, 0.9)
        self.worker.send(first, 1)
        self.worker.expect(first, frames.CHANNEL_CLOSE)
        self.assertEqual(self.worker.run("channel.send(2)"), [2])

    def test_it_runs_if_the_first_ends_in_time(self):
        first = self.worker.execute("channel.receive()")
        second = self.worker.execute(
            "import threading\nchannel.send(threading.current_thread() is threading.main_thread())"
        )
        self.worker.send(first, 1)
        self.assertTrue(self.worker.item(second))
        self.assertEqual(self.worker.status()["execmodel"], "main_thread_only")


class ChannelTest(WorkerCase):
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
            "import gc\nc = channel.gateway.newchannel()\nchannel.send(c.id)\ndel c\ngc.collect()\n"
            "c = channel.gateway.newchannel()\nc.setcallback(channel.send, endmarker='end')\n"
            "channel.send(c.id)\ndel c\ngc.collect()\nchannel.receive()"
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


class CallbackTest(WorkerCase):
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


class ProtocolTest(WorkerCase):
    def test_types_from_64_on_are_skipped(self):
        self.worker.frame(64, 1, b"abc")
        self.worker.frame(127, 0, b"")
        self.assertEqual(self.worker.run("channel.send(1)"), [1])

    def test_other_unknown_types_end_the_connection(self):
        self.worker.frame(8, 1, b"")
        self.assertEqual(self.worker.wait(), 0)
        self.assertIn("protocol error: a frame of unknown type 8", self.worker.errors)

    def test_negative_types_and_lengths_end_the_connection(self):
        self.worker.write(frames.pack_header(4, 1, -1))
        self.assertEqual(self.worker.wait(), 0)
        self.assertIn("negative length", self.worker.errors)
        with master.Worker() as worker:
            worker.frame(-1)
            self.assertEqual(worker.wait(), 0)
            self.assertIn("unknown type -1", worker.errors)

    def test_api_of_the_execmodel(self):
        source = (
            "import threading\nm = channel.gateway.execmodel\n"
            "q = m.queue.Queue()\nm.start(q.put, (1,))\nchannel.send(q.get())\n"
            "e = m.Event()\nm.start(e.set)\nchannel.send(e.wait(30))\n"
            "with m.Lock(), m.RLock(), m.Semaphore(): pass\nm.sleep(0)\n"
            "import os\nr, w = os.pipe()\nf = m.fdopen(w, 'wb', 0); f.write(b'x'); f.close()\n"
            "with m.fdopen(r, 'rb', 1) as f: channel.send(f.read())\n"
            "channel.send([m.backend, m.socket.__name__, m.subprocess.__name__])\n"
            "channel.send(m.get_ident() == threading.get_ident())\n"
            "channel.send(channel in channel.gateway._channelfactory.channels())"
        )
        modules = ["thread", "socket", "subprocess"]
        self.assertEqual(self.worker.run(source), [1, True, b"x", modules, True, True])


class ScriptTest(unittest.TestCase):
    def test_runs_as_a_script_too(self):
        import program

        process = subprocess.Popen(
            [master.sys.executable, program.worker_file(), "--id", "x"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        out, _ = process.communicate(frames.pack_header(frames.GATEWAY_TERMINATE, 0, 0), 60)
        self.assertEqual((out, process.returncode), (b"1", 0))


SERVER = """
import socket, types
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(5)
print(server.getsockname()[1], flush=True)
while True:
    clientsock, address = server.accept()
    line = clientsock.makefile("r", newline="\\n").readline()
    names = {"clientsock": clientsock, "address": address}
    names["execmodel"] = types.SimpleNamespace(backend="thread")
    exec(eval(line), names)
"""


class SocketServerTest(unittest.TestCase):
    """Executed by a socket server, it serves the socket and then lets the server go on."""

    def connect(self, port):
        connection = socket.create_connection(("127.0.0.1", port), master.TIMEOUT)
        self.addCleanup(connection.close)
        connection.sendall(master.program_line())
        stream = connection.makefile("rb")
        self.addCleanup(stream.close)
        self.assertEqual(stream.read(1), b"1")
        return connection, stream

    def test_one_connection_after_the_other(self):
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = int(process.stdout.readline())
        for ends in (frames.pack_header(frames.GATEWAY_TERMINATE, 0, 0), b""):
            connection, stream = self.connect(port)
            payload = dumps_internal(("channel.send(5)", None, None, {}))
            header = frames.pack_header(frames.CHANNEL_EXEC, 1, len(payload))
            connection.sendall(header + payload)
            self.assertEqual(stream.read(9 + 6), frames.pack_header(4, 1, 6) + dumps_internal(5))
            self.assertEqual(stream.read(9), frames.pack_header(frames.CHANNEL_CLOSE, 1, 0))
            connection.sendall(ends)
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(stream.read(), b"")
        self.assertIsNone(process.poll())


if __name__ == "__main__":
    unittest.main()
