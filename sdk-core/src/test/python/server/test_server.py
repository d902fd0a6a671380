"""The socket server: whom it serves, and how it ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import unittest

import program
import serving
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from master import ENDLESS

HELLO = "clientsock.sendall(b'hello'); clientsock.close()"
PID = "import os; clientsock.sendall(b'%d ' % os.getpid()); clientsock.recv(1)"


@contextlib.contextmanager
def disposition(number, wanted):
    """Has processes that are started meanwhile begin with that, whatever these tests run under."""
    before = signal.signal(number, wanted)
    try:
        yield
    finally:
        signal.signal(number, before)


class Scenarios:
    """The same with processes and with threads."""

    def test_executes_what_an_authenticated_client_sends(self):
        server = self.serve()
        self.assertRegex(server.announced, r"^127\.0\.0\.1:\d+$")
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")

    def test_what_the_program_finds(self):
        source = (
            "text = '%s %s %s' % (address[0], execmodel.backend, process_is_ours)\n"
            "clientsock.sendall(text.encode()); clientsock.close()"
        )
        shown = self.authenticated(self.serve()).run(source).until_end().decode()
        self.assertEqual(shown, "127.0.0.1 thread %s" % (not self.arguments))

    def test_runs_our_worker(self):
        server = self.serve()
        worker = self.worker(self.authenticated(server))
        self.assertEqual(worker.hello, b"1")
        self.assertEqual(worker.run("for x in range(3): channel.send(x)"), [0, 1, 2])
        big = worker.execute("channel.send(channel.receive())")
        worker.send(big, b"x" * 3000000)
        self.assertEqual(len(worker.item(big)), 3000000)
        self.assertEqual(worker.run("channel.send(channel.gateway.service)"), [None])

    def test_serves_many_at_once(self):
        server = self.serve()
        workers = [self.worker(self.authenticated(server)) for _ in range(12)]
        waiting = [(each, each.execute("channel.send(channel.receive())")) for each in workers]
        for number, (worker, channel) in enumerate(waiting):
            worker.send(channel, number)
        self.assertEqual([w.item(c) for w, c in waiting], list(range(12)))
        pids = {worker.run("import os; channel.send(os.getpid())")[0] for worker in workers}
        self.assertEqual(len(pids), 1 if self.arguments else 12)

    def test_ipv6(self):
        if not socket.has_ipv6:
            self.skipTest("needs IPv6")
        server = self.serve(address="[::1]:0")
        self.assertRegex(server.announced, r"^\[::1\]:\d+$")
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")

    def test_refuses_and_goes_on_serving(self):
        server = self.serve("--auth-timeout", "5")
        served = self.worker(self.authenticated(server))
        wrong = self.client(server)
        self.assertEqual(wrong.authenticate("a token of somebody else"), "refused")
        self.assertEqual(wrong.until_end(), b"")
        server.await_log("another token")
        no_token = self.client(server)
        no_token.challenge()
        no_token.run("#" * 100000)
        self.assertEqual(no_token.until_end(), b"refused\n")
        server.await_log("more than 1024 bytes")
        garbage = self.client(server)
        garbage.challenge()
        garbage.send(b"GET / HTTP/1.0\r\n\r\n")
        self.assertEqual(garbage.until_end(), b"refused\n")
        server.await_log("something else")
        reflecting = self.client(server)
        nonce = reflecting.challenge()
        reflecting.send("%s %s\n" % (nonce, serving.mac("server", nonce, nonce)))
        self.assertEqual(reflecting.until_end(), b"refused\n")
        server.await_log("another token")
        scan = self.client(server)
        scan.close()
        server.await_log("went away")
        no_program = self.authenticated(server)
        no_program.send("this is no Python string\n")
        self.assertEqual(no_program.until_end(), b"refused\n")
        server.await_log("no program")
        self.assertEqual(served.run("channel.send(1)"), [1])
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")
        self.assertEqual(len(self.refusals(server)), 6)

    def test_drops_who_is_slow(self):
        server = self.serve("--auth-timeout", "0.5")
        silent, slow, late = (self.client(server) for _ in range(3))
        slow.challenge()
        slow.send("ab")
        late.authenticate()
        silent.challenge()
        for client in (silent, slow, late):
            self.assertEqual(client.until_end(), b"refused\n")
        for _ in range(3):
            server.await_log("too long")
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")

    def test_a_crowd_that_says_nothing_keeps_nobody_out(self):
        server = self.serve("--auth-timeout", "600")
        for _ in range(80):
            self.client(server)
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")
        server.await_log("have not said who they are")

    def test_a_flood_of_refusals_is_few_lines(self):
        server = self.serve()
        for _ in range(60):
            client = self.client(server)
            client.challenge()
            client.close()
        self.authenticated(server).run("raise KeyboardInterrupt").until_end()
        self.assertEqual(server.wait(), 0)
        refused = [line for line in server.logged if "refused" in line]
        self.assertLessEqual(len(refused), 45)  # two windows of 20, and what counts the others

    def test_failing_programs_are_logged(self):
        server = self.serve()
        self.authenticated(server).run("1 / 0").until_end()
        server.await_log("ZeroDivisionError")
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")

    def test_quit_lets_running_connections_finish(self):
        server = self.serve()
        worker = self.worker(self.authenticated(server))
        last = self.authenticated(server).run("raise KeyboardInterrupt").until_end()
        self.assertEqual(last, b"bye\n")
        with self.assertRaises(OSError):
            socket.create_connection(server.address, 5).close()
        self.assertEqual(worker.run("channel.send(1)"), [1])
        self.assertIsNone(server.process.poll())
        worker.client.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(server.wait(), 0)

    def test_quit_needs_the_token(self):
        server = self.serve()
        client = self.client(server)
        client.authenticate("a token of somebody else")
        client.run("raise KeyboardInterrupt")
        server.await_log("another token")
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")

    def test_once(self):
        server = self.serve("--once")
        self.client(server).close()
        server.await_log("refused")
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")
        self.assertEqual(server.wait(), 0)

    def test_ends_quietly_with_a_signal(self):
        for number, status in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
            server = self.serve()
            client = self.authenticated(server).run("import time\nwhile True: time.sleep(9)")
            server.process.send_signal(number)
            self.assertEqual(server.wait(), status)
            self.assertEqual(client.until_end(), b"")
            self.assertEqual([line for line in server.logged if "Traceback" in line], [])

    def test_a_hang_up_ends_it_unless_that_is_ignored(self):
        # PyPy can't tell what was ignored when it started
        for ignored in (False, sys.implementation.name != "pypy"):
            with disposition(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL):
                server = self.serve()
            self.authenticated(server).run(HELLO).until_end()
            server.process.send_signal(signal.SIGHUP)
            if ignored:
                self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")
            else:
                self.assertEqual(server.wait(), 0)

    def test_ends_with_its_standard_input(self):
        server = self.serve("--until-eof", stdin=subprocess.PIPE)
        client = self.authenticated(server).run("import time\nwhile True: time.sleep(9)")
        server.process.stdin.close()
        self.assertEqual(server.wait(), 0)
        self.assertEqual(client.until_end(), b"")

    def test_without_a_token(self):
        server = self.serve("--no-token")
        self.assertEqual(self.client(server).run(HELLO).until_end(), b"hello")
        self.client(server).send("\x00\xff\n")
        server.await_log("no program")
        self.assertEqual(self.client(server).run(HELLO).until_end(), b"hello")

    def test_max_connections(self):
        server = self.serve("--max-connections", "1")
        first = self.authenticated(server).run(PID)
        first.read(1)
        second = self.client(server)
        self.assertEqual(second.until_end(), b"")
        server.await_log("1 connections are served already")


class ProcessesTest(Scenarios, serving.ServerCase):
    def test_the_main_thread_runs_the_program(self):
        source = (
            "import threading, sys\n"
            "main = threading.current_thread() is threading.main_thread()\n"
            "clientsock.sendall(str([main, sys.stdin.read()]).encode()); clientsock.close()"
        )
        shown = self.authenticated(self.serve()).run(source).until_end()
        self.assertEqual(shown, b"[True, '']")

    def test_nothing_of_the_server_is_in_the_process(self):
        server = self.serve()
        self.worker(self.authenticated(server))
        source = (
            "import os, stat\nfound = 0\n"
            "for fd in range(3, 50):\n"
            "    try: found += stat.S_ISSOCK(os.fstat(fd).st_mode)\n    except OSError: pass\n"
            "clientsock.sendall(b'%d' % found); clientsock.close()"
        )
        self.assertEqual(self.authenticated(server).run(source).until_end(), b"1")

    def test_what_a_process_leaves_behind_holds_no_connection(self):
        source = (
            "import os, time\npid = os.fork()\nif pid == 0: time.sleep(600)\n"
            "clientsock.sendall(b'%d' % pid)\nos._exit(1)"
        )
        pid = int(self.authenticated(self.serve()).run(source).until_end())
        os.kill(pid, signal.SIGKILL)

    def test_processes_are_reaped(self):
        server = self.serve()
        pids = [
            int(self.authenticated(server).run(PID.replace("recv(1)", "close()")).until_end())
            for _ in range(3)
        ]
        for pid in pids:  # a connection ends for its client when its process has been reaped
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)

    def test_prints_do_not_mix_with_the_address(self):
        server = self.serve()
        source = "print('printed', flush=True)\n" + HELLO
        self.assertEqual(self.authenticated(server).run(source).until_end(), b"hello")
        server.await_log("printed")
        self.assertEqual(server.process.stdout.read(), "")

    def test_endless_code_ends_with_its_master(self):
        server = self.serve()
        worker = self.worker(self.authenticated(server))
        pid = worker.item(worker.execute("import os\nchannel.send(os.getpid())\n" + ENDLESS))
        worker.client.sock.shutdown(socket.SHUT_RDWR)
        self.authenticated(server).run("raise KeyboardInterrupt").until_end()
        self.assertEqual(server.wait(), 0)
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)


class ThreadsTest(Scenarios, serving.ServerCase):
    arguments = ("--in-process",)

    def test_endless_code_ends_with_its_master_and_nobody_else(self):
        server = self.serve()
        worker = self.worker(self.authenticated(server))
        source = "import threading\nchannel.send(threading.get_ident())\n" + ENDLESS
        ident = worker.item(worker.execute(source))
        other = self.worker(self.authenticated(server))
        worker.client.sock.shutdown(socket.SHUT_RDWR)
        watch = (
            "import sys, time\nwhile %d in sys._current_frames(): time.sleep(0.05)\n"
            "channel.send(1)" % ident
        )
        if hasattr(__import__("sys"), "pypy_version_info"):
            watch = "import time; time.sleep(0); channel.send(1)"
        self.assertEqual(other.run(watch), [1])
        self.assertEqual(self.authenticated(server).run(HELLO).until_end(), b"hello")

    def test_a_cancel_ends_the_sleep_of_one_gateway_and_of_no_other(self):
        server = self.serve()
        first, second = (self.cancelling_worker(server) for _ in range(2))
        source = "import time\nchannel.send(1)\ntime.sleep(600)"
        asleep = [(worker, worker.execute(source)) for worker in (first, second)]
        for worker, channel in asleep:
            self.assertEqual(worker.item(channel), 1)
        for worker, channel in reversed(asleep):
            worker.frame(frames.CANCEL, channel)
            self.assertIn("Cancelled", worker.error(channel))
            self.assertEqual(first.run("channel.send(1)"), [1])
        second.client.sock.shutdown(socket.SHUT_RDWR)
        count = "import time\nwhile len(time._execnet_sleepers) > 1: time.sleep(0.01)"
        self.assertEqual(first.run(count), [])

    def cancelling_worker(self, server):
        source = "worker_arguments = ['--hello']\nexec(%s)" % program.compiled_worker()
        worker = serving.SocketWorker(self.authenticated(server), source)
        self.addCleanup(worker.__exit__)
        worker.start()
        worker.frame(frames.HELLO, 0, dumps_internal({"cancel": None}))
        return worker


class TokenFileTest(serving.ServerCase):
    def fails(self, *arguments, **options):
        server = serving.ServerProcess("0", *arguments, **options)
        self.addCleanup(server.close)
        self.assertEqual(server.announced, "")
        self.assertNotEqual(server.wait(), 0)
        return "\n".join(server.logged)

    def test_a_file_that_others_may_read(self):
        os.chmod(self.token_file, 0o640)
        self.assertIn("chmod 600", self.fails("--token-file", self.token_file))

    def test_a_file_that_is_not_there(self):
        self.assertIn("can't read", self.fails("--token-file", self.token_file + "x"))

    def test_a_short_token(self):
        with open(self.token_file, "w") as out:
            out.write("12345")
        self.assertIn("at least 16", self.fails("--token-file", self.token_file))

    def test_the_default_is_made_once_and_private(self):
        env = dict(os.environ, HOME=self.folder)
        tokens = set()
        for _ in range(2):
            server = serving.ServerProcess("0", env=env)
            self.addCleanup(server.close)
            path = os.path.join(self.folder, ".execnet", "token")
            server.await_log(path)
            with open(path) as source:
                tokens.add(source.read().strip())
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assertEqual(os.stat(os.path.dirname(path)).st_mode & 0o777, 0o700)
        (token,) = tokens
        self.assertEqual(len(token), 64)
        client = self.client(server)
        nonce = client.challenge()
        client.send("%s %s\n" % ("0" * 64, serving.mac("client", nonce, "0" * 64, token)))
        self.assertTrue(client.line().startswith("ok "))

    def test_usage(self):
        for arguments in (["::1:5"], [":8888"], ["x"], ["70000"], ["0", "--tls-cert", "x"]):
            server = serving.ServerProcess(*arguments)
            self.addCleanup(server.close)
            self.assertEqual(server.wait(), 2, arguments)

    def test_a_port_that_is_taken(self):
        server = self.serve()
        second = serving.ServerProcess(server.announced, "--token-file", self.token_file)
        self.addCleanup(second.close)
        self.assertNotEqual(second.wait(), 0)
        self.assertIn("can't listen on " + server.announced, second.logged[-1])


if __name__ == "__main__":
    unittest.main()
