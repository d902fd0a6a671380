"""--framed: what is printed comes as frames, by descriptor, and waits for credit."""

import importlib.util
import os
import socket
import struct
import subprocess
import sys
import unittest

import master
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.printed import OUTPUT_WINDOW

FLOOD = "import os\nfor i in range(10): os.write(1, b'x' * 65536)\nchannel.send('printed')"
FLOODED = 10 * 65536


class FramedCase(unittest.TestCase):
    arguments = ("--framed=1",)

    def setUp(self):
        self.worker = self.started(*self.arguments)

    def started(self, *arguments):
        worker = master.Worker(*arguments)
        self.addCleanup(worker.__exit__)
        worker.start()
        self.assertEqual(worker.hello, b"1")
        worker._last_id = 99  # so that no channel has the number of a descriptor
        return worker

    def chunk(self, fd=1):
        msgcode, data = self.worker.next_frame(fd)
        self.assertEqual(msgcode, frames.OUTPUT)
        return data

    def printed(self, size, fd=1, credit=True):
        data = b""
        while len(data) < size:
            part = self.chunk(fd)
            data += part
            if credit:
                self.credit(len(part), fd)
        self.assertEqual(len(data), size)
        return data

    def credit(self, size, fd=1):
        self.worker.frame(frames.OUTPUT_CREDIT, fd, struct.pack(">i", size))

    def rest(self, fd=1):
        """What comes until the worker has ended."""
        data = b""
        try:
            while True:
                data += self.chunk(fd)
        except EOFError:
            return data


class FramedTest(FramedCase):
    def test_whoever_prints(self):
        self.worker.run(
            "import os, sys, subprocess\nprint('caf\\xe9 \\ud800', end='')\nos.write(1, b'raw')\n"
            "subprocess.call([sys.executable, '-c', 'print(5)'])\nsys.__stdout__.write('x')"
        )
        expected = b"caf\xc3\xa9 \\ud800raw5" + os.linesep.encode() + b"x"
        self.assertEqual(self.printed(len(expected)), expected)

    def test_prints_arrive_while_the_code_runs(self):
        channel = self.worker.execute("print('a', end='')\nchannel.receive()\nprint('b', end='')")
        self.assertEqual(self.printed(1), b"a")
        self.worker.send(channel, 1)
        self.assertEqual(self.printed(1), b"b")

    def test_a_flood_waits_for_credit_and_stops_nothing_else(self):
        channel = self.worker.execute(FLOOD)
        self.assertEqual(self.printed(OUTPUT_WINDOW, credit=False), b"x" * OUTPUT_WINDOW)
        self.assertEqual(self.worker.run("channel.send(b'y' * 1000000)"), [b"y" * 1000000])
        self.assertEqual(self.worker.status()["numexecuting"], 1)
        self.credit(10)
        self.assertEqual(self.printed(10, credit=False), b"x" * 10)
        self.assertEqual(self.worker.run("channel.send(1)"), [1])
        self.credit(OUTPUT_WINDOW)
        self.printed(FLOODED - OUTPUT_WINDOW - 10)
        self.assertEqual(self.worker.item(channel), "printed")

    def test_a_callback_that_prints_more_than_there_is_room_for(self):
        channel = self.worker.execute(
            "import os\nc = channel.gateway.newchannel()\n"
            "c.setcallback(lambda size: os.write(1, b'x' * size))\n"
            "channel.send(c)\nchannel.send(channel.receive())"
        )
        callback = self.worker.item(channel).id
        for _ in range(3):
            self.worker.send(callback, 500000)
        self.worker.send(channel, b"y" * 3000000)  # the credit comes behind that
        self.assertEqual(self.printed(1500000), b"x" * 1500000)
        self.assertEqual(len(self.worker.item(channel)), 3000000)

    def test_the_end_is_seen_where_a_callback_prints_without_end(self):
        channel = self.worker.execute(
            "c = channel.gateway.newchannel()\nc.setcallback(lambda size: print('x' * size))\n"
            "channel.send(c)"
        )
        self.worker.send(self.worker.item(channel).id, 1000000)
        self.printed(OUTPUT_WINDOW, credit=False)
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)
        self.assertEqual(self.rest(), b"x" * OUTPUT_WINDOW)

    def test_what_was_printed_before_the_end_arrives(self):
        for end in (lambda worker: worker.close_input(), self.terminate):
            self.worker = self.started(*self.arguments)
            self.worker.run("import os\nos.write(1, b'x' * 60000)\nos.write(1, b'y' * 60000)")
            end(self.worker)
            self.assertEqual(self.worker.wait(), 0)
            self.assertEqual(self.rest(), b"x" * 60000 + b"y" * 60000)

    def terminate(self, worker):
        worker.frame(frames.GATEWAY_TERMINATE)

    def test_what_was_printed_before_an_exit_at_once_arrives(self):
        self.worker.execute("import os; os.write(1, b'y' * 60000); print('last'); os._exit(7)")
        self.assertEqual(self.rest(), b"y" * 60000 + b"last\n")
        self.assertEqual(self.worker.wait(), 7)

    def test_who_takes_nothing_does_not_keep_it_from_exiting_at_once(self):
        self.worker.execute(
            "import os, _thread\n_thread.start_new_thread(os._exit, (7,))\n" + FLOOD
        )
        self.assertEqual(self.worker.wait(), 7)

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_a_child_that_exits_at_once_leaves_the_output_to_its_parent(self):
        self.worker.run(
            "import os\npid = os.fork()\nif not pid: os._exit(7)\n"
            "channel.send(os.waitpid(pid, 0)[1] >> 8)\nprint('parent', end='')"
        )
        self.assertEqual(self.printed(6), b"parent")

    def test_last_words_of_atexit_and_of_threads(self):
        self.worker.run(
            "import atexit, threading, time\natexit.register(print, 'atexit', end='')\n"
            "def late():\n    time.sleep(0.5)\n    print('thread', end=' ')\n"
            "threading.Thread(target=late).start()"
        )
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)
        self.assertEqual(self.rest(), b"thread atexit")

    def test_a_flood_does_not_keep_the_worker_from_ending(self):
        for end in (lambda worker: worker.close_input(), self.terminate):
            self.worker = self.started(*self.arguments)
            self.worker.execute(FLOOD)
            self.printed(OUTPUT_WINDOW, credit=False)
            end(self.worker)
            self.assertEqual(self.worker.wait(), 0)  # 1, or SIGINT's, if somebody had to enforce it
            self.assertEqual(self.rest(), b"x" * OUTPUT_WINDOW)  # the last words
            self.assertEqual(self.worker.errors, "")

    def test_a_master_that_is_gone_keeps_nobody(self):
        worker = master.Worker(*self.arguments)  # without a thread that reads
        self.addCleanup(worker.__exit__)
        self.assertEqual(worker.read(1), b"1")
        worker.execute(FLOOD)
        self.assertEqual(worker.read(1), bytes([frames.OUTPUT]))
        worker.process.stdout.close()
        worker.close_input()
        self.assertEqual(worker.wait(), 0)

    def test_credit_that_makes_no_sense(self):
        self.worker.frame(frames.OUTPUT_CREDIT, 2, b"\0\0\0\1")  # nobody asked for that one
        self.worker.frame(frames.OUTPUT_CREDIT, 7, b"\0\0\0\1")
        self.assertEqual(self.worker.run("channel.send(1)"), [1])
        self.worker.frame(frames.OUTPUT_CREDIT, 1, b"\0")
        self.assertEqual(self.worker.wait(), 0)
        self.assertIn("a frame of type 65 without an int", self.worker.errors)

    def test_descriptors(self):
        source = (
            "import os\n"
            "for fd in range(20):\n"
            "    try: channel.send((fd, os.get_inheritable(fd)))\n    except OSError: pass\n"
        )
        inheritable = [fd for fd, inherits in self.worker.run(source) if inherits]
        self.assertEqual(inheritable, [0, 1, 2])

    def test_a_child_process_that_lives_on_holds_up_the_end_for_a_moment_only(self):
        self.worker.run(
            "import subprocess, sys\n"
            "subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE,"
            " stderr=subprocess.DEVNULL)\nprint('left', end='')"
        )
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)
        self.assertEqual(self.rest(), b"left")

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_forked_children_print_too(self):
        self.worker.run(
            "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nelse:\n"
            "    if not os.fork(): print('grandchild ', end='')\n    else: os.wait()\n"
            "print('child ' if not pid else 'parent ', end='')"
        )
        text = b"grandchild child child parent "
        self.assertEqual(self.printed(len(text)), text)
        self.assertEqual(self.worker.run("channel.send(1)"), [1])

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_descriptors_of_a_grandchild_are_its_own(self):
        found = self.worker.run(
            "import os\nr, w = os.pipe()\nif not os.fork():\n"
            "    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(8)]\n"
            "    if not os.fork():\n"
            "        for file in files: os.fstat(file)\n"
            "        os.write(w, b'open'); os._exit(0)\n"
            "    os.wait(); os._exit(0)\n"
            "os.wait(); os.close(w); channel.send(os.read(r, 10))"
        )
        self.assertEqual(found, [b"open"])


class BothFramedTest(FramedCase):
    arguments = ("--framed=1", "--framed=2")

    def test_each_has_a_window_of_its_own(self):
        self.worker.execute(FLOOD)
        self.printed(OUTPUT_WINDOW, credit=False)
        self.worker.run(
            "import os, sys\nsys.stderr.write('oops')\nos.write(2, b'raw')\n"
            "import threading\nt = threading.Thread(target=lambda: 1/0); t.start(); t.join()"
        )
        text = b""
        while b"ZeroDivisionError" not in text:
            text += self.chunk(fd=2)
        self.assertTrue(text.startswith(b"oopsraw"), text)

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_what_a_crash_leaves_unread_goes_to_standard_error(self):
        # Neither call lets another thread run, nor is there time to between them.
        self.worker.execute(
            "import faulthandler, os, sys\n"
            "sys.setswitchinterval(100)\n"
            "faulthandler.dump_traceback(2, False)\n"
            "os.kill(os.getpid(), 9)"
        )
        framed = self.rest(fd=2)
        self.worker.wait()
        self.worker._errors_thread.join(master.TIMEOUT)
        self.assertIn("most recent call first", framed.decode() + self.worker.errors)
        self.assertIn("<module>", framed.decode() + self.worker.errors)

    def test_an_exit_at_once_leaves_nothing_between_the_two(self):
        for _ in range(20):
            self.worker = self.started(*self.arguments)
            self.worker.execute("import os; os.write(2, b'last words'); os._exit(7)")
            self.assertEqual(self.rest(fd=2), b"last words")
            self.assertEqual(self.worker.wait(), 7)

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_executed_code_has_no_children_but_its_own(self):
        found = self.worker.run(
            "import os\ntry: os.wait()\nexcept ChildProcessError: channel.send('none')"
        )
        self.assertEqual(found, ["none"])

    @unittest.skipUnless(os.path.exists("/dev/stderr"), "needs /dev/stderr")
    def test_it_can_be_opened_by_name(self):
        self.worker.run("import os; os.system('echo oops >/dev/stderr')")
        self.worker.close_input()
        self.assertEqual(self.rest(fd=2), b"oops\n")

    def test_nothing_is_passed_on_after_an_orderly_end(self):
        self.worker.run("import os; os.write(2, b'last')")
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)
        self.worker._errors_thread.join(master.TIMEOUT)
        self.assertEqual((self.rest(fd=2), self.worker.errors), (b"last", ""))


SERVER = """
import socket, sys, types
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(5)
print(server.getsockname()[1], flush=True)
clientsock, address = server.accept()
line = clientsock.makefile("r", newline="\\n").readline()
names = {"clientsock": clientsock, "address": address, "worker_arguments": ARGUMENTS}
names["execmodel"] = types.SimpleNamespace(backend="thread")
names["process_is_ours"] = OURS
exec(eval(line), names)
"""


class SocketFramedTest(unittest.TestCase):
    """Behind a socket server, which says whether the process may be treated as our own."""

    def answer(self, ours, arguments=("--id=x", "--framed=1", "--answer=hello")):
        server = SERVER.replace("ARGUMENTS", repr(arguments)).replace("OURS", repr(ours))
        process = subprocess.Popen(
            [sys.executable, "-c", server], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = int(process.stdout.readline())
        connection = socket.create_connection(("127.0.0.1", port), master.TIMEOUT)
        self.addCleanup(connection.close)
        source = "print('printed', end='')\nchannel.send(channel.gateway.id)"
        payload = dumps_internal((source, None, None, {}))
        connection.sendall(master.program_line())
        stream = connection.makefile("rb")
        self.addCleanup(stream.close)
        answer = stream.read(5)
        if answer != b"hello":
            return answer + stream.read(), b"", []
        header = frames.pack_header(frames.CHANNEL_EXEC, 99, len(payload))
        connection.sendall(header + payload)
        found = []
        while not found or found[-1].msgcode != frames.CHANNEL_CLOSE:
            found.append(frames.Message.from_io(stream))
        connection.shutdown(socket.SHUT_WR)
        found = [(each.msgcode, each.channelid, each.data) for each in found]
        found += frames.FrameDecoder().feed(stream.read())
        return answer, process.stdout.read(), sorted(found)

    def test_a_process_of_its_own(self):
        answer, printed, found = self.answer(True)
        self.assertEqual((answer, printed), (b"hello", b""))
        self.assertEqual(found[-1], (frames.OUTPUT, 1, b"printed"))
        self.assertEqual(found[0], (frames.CHANNEL_DATA, 99, dumps_internal("x")))

    def test_a_process_that_others_share(self):
        answer, printed, found = self.answer(False)
        self.assertEqual((answer, printed), (b"hello", b"printed"))
        self.assertEqual([frame[0] for frame in found], [4, 5])

    def test_an_execution_model_that_is_not_there(self):
        answer, _, _ = self.answer(True, ("--execmodel=nonsense",))
        self.assertEqual(answer, b"execnet worker: unknown execmodel 'nonsense'\n")


class GreenFramed(FramedCase):
    library = None

    def setUp(self):
        if importlib.util.find_spec(self.library) is None:
            self.skipTest("needs %s: pip install %s" % (self.library, self.library))
        self.worker = self.started("--framed=1", "--execmodel=" + self.library)

    def test_a_flood_that_keeps_the_hub(self):
        channel = self.worker.execute("for item in channel: pass")
        flooding = self.worker.execute(FLOOD)
        for _ in range(30):
            self.worker.send(channel, b"y" * 100000)  # more than is read ahead of a hub
        self.assertEqual(self.printed(FLOODED), b"x" * FLOODED)
        self.assertEqual(self.worker.item(flooding), "printed")
        self.worker.frame(frames.CHANNEL_LAST_MESSAGE, channel)
        self.worker.expect(channel, frames.CHANNEL_CLOSE)

    def test_where_executed_code_patches_everything(self):
        source = {
            "gevent": "from gevent import monkey; monkey.patch_all()\n",
            "eventlet": "import eventlet; eventlet.monkey_patch()\n",
        }[self.library]
        self.worker.execute(source + FLOOD)
        self.assertEqual(self.printed(FLOODED), b"x" * FLOODED)

    def test_the_end(self):
        self.worker.run("print('last', end='')")
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)
        self.assertEqual(self.rest(), b"last")


class GeventFramedTest(GreenFramed, unittest.TestCase):
    library = "gevent"


class EventletFramedTest(GreenFramed, unittest.TestCase):
    library = "eventlet"


del FramedCase, GreenFramed  # they are no tests of their own

if __name__ == "__main__":
    unittest.main()
