"""A worker process on its own: how it starts, executes and takes the protocol."""

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


class StartTest(unittest.TestCase):
    def test_unknown_execmodel(self):
        with self.assertRaises(UnavailableModel):
            get_execmodel("other")
        worker = master.Worker("--execmodel=other")
        self.addCleanup(worker.__exit__)
        self.assertEqual(worker.process.stdout.read(), b"")
        self.assertEqual(worker.wait(), 2)
        self.assertEqual(worker.errors, "execnet worker: unknown execmodel 'other'\n")

    def test_id(self):
        with master.Worker("--id=gw7-worker") as worker:
            self.assertEqual(worker.run("channel.send(channel.gateway.id)"), ["gw7-worker"])

    def test_ends_when_the_input_ends_before_anything_came(self):
        with master.Worker() as worker:
            worker.close_input()
            self.assertEqual(worker.wait(), 0)
            self.assertEqual(worker.errors, "")


class ExecutionTest(master.WorkerCase):
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

    def test_tracebacks_that_the_code_makes_show_it_too(self):
        channel = self.worker.execute("""if 1:
            import traceback
            try:
                int("x")  # here
            except ValueError:
                channel.send(traceback.format_exc())
        """)
        self.assertIn('    int("x")  # here', self.worker.item(channel))

    def test_errors_are_told_where_nothing_can_be_imported(self):
        channel = self.worker.execute("""if 1:
            import sys
            sys.modules.pop("traceback", None)
            sys.path[:] = []
            sys.path_importer_cache.clear()
            sys.meta_path[:] = []
            1/0
        """)
        text = self.worker.error(channel)
        self.assertIn('File "<remote exec>", line 7, in <module>', text)
        self.assertEqual(text.splitlines()[-1], "ZeroDivisionError: division by zero")

    def test_imports_little(self):
        """What takes long to import is a large part of how long a worker takes to start."""
        names = "argparse getopt gettext socket selectors subprocess logging traceback tokenize re"
        look = "[name for name in %r.split() if name in sys.modules]" % names
        before = subprocess.check_output(
            [sys.executable, "-c", "import sys, threading; print(*%s)" % look]
        )
        there = self.worker.run("import sys; channel.send(%s)" % look)
        self.assertLessEqual(set(there[0]), set(before.decode().split()))

    def test_what_is_run_again_is_not_compiled_again(self):
        patch = (
            "import builtins\n"
            "compile, builtins.found = builtins.compile, []\n"
            "def noted(*args):\n"
            "    builtins.found.append(args[0])\n"
            "    return compile(*args)\n"
            "builtins.compile = noted\n"
        )
        long_source = "channel.send(2) #" + "x" * 70000
        with master.Worker() as worker:
            worker.run(patch)
            for _ in range(3):
                self.assertEqual(worker.run("channel.send(1)"), [1])
                self.assertEqual(worker.run(long_source), [2])
            found = worker.run("import builtins\nchannel.send(builtins.found)")[0]
        self.assertEqual(found.count("channel.send(1)\n"), 1)
        self.assertEqual(found.count(long_source + "\n"), 3)

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
        payloads = [b"B\0\0\0wQ"]  # a channel, which nothing comes on
        for value in (1, (1, 2, 3, 4), ("x", None, None), ("", 1, None, {})):
            payloads.append(dumps_internal(value))
        for payload in payloads:
            channel = self.worker.new_id()
            self.worker.frame(frames.CHANNEL_EXEC, channel, payload)
            self.assertIn("can't execute", self.worker.error(channel))
            channel = self.worker.new_id()
            self.worker.frame(frames.RECONFIGURE, channel, payload)
            self.assertIn("can't reconfigure", self.worker.error(channel))
        self.worker.run("")

    def test_a_channel_in_use_is_no_place_for_another(self):
        first = self.worker.execute("for x in channel: channel.send(x)")
        payload = dumps_internal(("channel.send('second')", None, None, {}))
        self.worker.frame(frames.CHANNEL_EXEC, first, payload)
        text = "can't execute: channel %d is in use" % first
        self.assertEqual(self.worker.error(first), text)
        self.worker.send(first, 1)
        self.assertEqual(self.worker.item(first), 1)
        self.assertEqual(self.worker.status()["numexecuting"], 1)
        self.worker.frame(frames.CHANNEL_LAST_MESSAGE, first)
        self.worker.expect(first, frames.CHANNEL_CLOSE)

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


class MainThreadOnlyTest(master.WorkerCase):
    arguments = ("--execmodel=main_thread_only",)

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


class ProtocolTest(master.WorkerCase):
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
            [master.sys.executable, program.worker_file(), "--id=x"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        out, _ = process.communicate(frames.pack_header(frames.GATEWAY_TERMINATE, 0, 0), 60)
        self.assertEqual((out, process.returncode), (b"1", 0))

    def test_says_what_is_wrong_with_its_arguments(self):
        import program

        for argument, message in (
            ("--framed=3", "what is --framed=3?"),
            ("--id", "what is --id?"),
            ("--tomorrow=1", "what is --tomorrow=1?"),
            ("today", "what is today?"),
        ):
            process = subprocess.Popen(
                [master.sys.executable, program.worker_file(), argument], stderr=subprocess.PIPE
            )
            _, errors = process.communicate(timeout=master.TIMEOUT)
            self.assertEqual(process.returncode, 2)
            self.assertIn("execnet worker: ", errors.decode())
            self.assertIn(message, errors.decode())


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
