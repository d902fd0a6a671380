"""--connect: the protocol and standard output and error on sockets of their own."""

import os
import select
import shutil
import socket
import tempfile
import time
import unittest

import master

FALLS_BACK = "import os; channel.send(os.fstat(1).st_rdev == os.stat(os.devnull).st_rdev)"


@unittest.skipUnless(hasattr(socket, "AF_UNIX"), "needs Unix domain sockets")
class ConnectTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="execnet-")
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, "s")

    def connected(self, *arguments):
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(server.close)
        server.settimeout(master.TIMEOUT)
        server.bind(self.path)
        server.listen(3)
        worker = master.Worker("--connect=" + self.path, *arguments)
        self.addCleanup(worker.__exit__)
        self.streams = {}
        self.tags = []
        for _ in range(3):
            connection, _ = server.accept()
            self.addCleanup(connection.close)
            connection.settimeout(master.TIMEOUT)
            tag = connection.recv(1).decode()
            self.tags.append(tag)
            self.streams[tag] = connection
        protocol = self.streams["P"].makefile("rb")
        self.addCleanup(protocol.close)
        worker.open(protocol.read, self.streams["P"].sendall)
        worker.close_input = lambda: self.streams["P"].shutdown(socket.SHUT_WR)
        worker.start()
        self.addCleanup(worker.__exit__)  # first of all: its reader must not block the others
        return worker

    def output(self, tag, size):
        data = b""
        while len(data) < size:
            part = self.streams[tag].recv(size - len(data))
            self.assertTrue(part)
            data += part
        return data

    def test_tags_in_order_and_hello(self):
        worker = self.connected()
        self.assertEqual((self.tags, worker.hello), (["P", "O", "E"], b"1"))
        self.assertEqual(worker.run("channel.send(1)"), [1])

    def test_prints_arrive_while_the_code_runs(self):
        worker = self.connected()
        channel = worker.execute(
            "import os, sys, subprocess\nprint('caf\\xe9', end='')\nchannel.receive()\n"
            "print('\\ud800')\nsys.stderr.write('oops')\nos.write(1, b'raw')\n"
            "subprocess.call(['echo', 'child'])\nchannel.send(sys.stdin.read())"
        )
        self.assertEqual(self.output("O", 5), b"caf\xc3\xa9")
        worker.send(channel, 1)
        self.assertEqual(self.output("O", 16), b"\\ud800\nrawchild\n")
        self.assertEqual(self.output("E", 4), b"oops")
        self.assertEqual(worker.item(channel), "")

    def test_large_output_is_whole(self):
        worker = self.connected()
        channel = worker.execute("print('x' * 3000000)\nchannel.send(1)")
        self.assertEqual(self.output("O", 3000001), b"x" * 3000000 + b"\n")
        self.assertEqual(worker.item(channel), 1)

    def test_descriptors(self):
        worker = self.connected()
        source = "import os; channel.send([os.get_inheritable(fd) for fd in range(3)])"
        self.assertEqual(worker.run(source), [[True, True, True]])
        source = (
            "import os\nfound = []\n"
            "for fd in range(3, 20):\n"
            "    try: found.append(os.get_inheritable(fd))\n    except OSError: pass\n"
            "channel.send(any(found))"
        )
        self.assertEqual(worker.run(source), [False])

    def test_the_sockets_end_with_the_worker(self):
        worker = self.connected()
        worker.close_input()
        self.assertEqual(worker.wait(), 0)
        self.assertEqual(self.streams["O"].recv(1), b"")
        self.assertEqual(self.streams["E"].recv(1), b"")

    def test_uncaught_errors_of_threads_arrive(self):
        worker = self.connected()
        worker.run("import threading\nthreading.Thread(target=lambda: 1/0).start()")
        text = b""
        deadline = time.monotonic() + master.TIMEOUT
        while b"ZeroDivisionError" not in text and time.monotonic() < deadline:
            if select.select([self.streams["E"]], [], [], 1)[0]:
                text += self.streams["E"].recv(4096)
        self.assertIn(b"ZeroDivisionError", text)

    def falls_back(self, path):
        with master.Worker("--connect=" + path) as worker:
            self.assertEqual(worker.hello, b"1")
            self.assertEqual(worker.run(FALLS_BACK), [True])
            worker.close_input()
            self.assertEqual(worker.wait(), 0)
            self.assertEqual(worker.errors, "")

    def test_falls_back_where_there_is_no_such_path(self):
        self.falls_back(self.path)
        self.falls_back(os.path.join(self.directory, "x" * 300))

    def test_falls_back_where_only_some_connections_come_about(self):
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(self.path)
        self.addCleanup(server.close)
        self.falls_back(self.path)


if __name__ == "__main__":
    unittest.main()
