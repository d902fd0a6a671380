"""The socket server and clients that mean no good: what it logs, what they cost, who waits."""

import contextlib
import os
import re
import shutil
import time
import unittest
from concurrent import futures

import hostile
import master
import serving
from test_server import HELLO
from test_server_tls import TlsCase

SLOW = "5"  # seconds to authenticate, where the test waits for their end


class Usage:
    """What a server holds: processes (those too that are nobody's child), descriptors, threads."""

    def __init__(self, server):
        self._pid = server.process.pid
        self._command = self._read(self._pid, "cmdline")
        self._before = self._now()

    @staticmethod
    def _read(pid, name):
        try:
            with open("/proc/%s/%s" % (pid, name), "rb") as source:
                return source.read()
        except OSError:
            return b""

    def _is_of_it(self, pid):
        parent = self._read(pid, "stat").rpartition(b")")[2].split()[1:2]  # zombies have one too
        return parent == [b"%d" % self._pid] or self._read(pid, "cmdline") == self._command

    def _now(self):
        return {
            "processes": sum(map(self._is_of_it, filter(str.isdigit, os.listdir("/proc")))),
            "descriptors": len(os.listdir("/proc/%d/fd" % self._pid)),
            "threads": len(os.listdir("/proc/%d/task" % self._pid)),
        }

    def beyond(self, name):
        """How many more there are than at first."""
        return self._now()[name] - self._before[name]

    def await_no_more(self):
        deadline = time.monotonic() + master.TIMEOUT
        now = self._now()
        while any(now[name] > self._before[name] for name in now):
            if time.monotonic() > deadline:
                raise AssertionError("%r, and before %r" % (now, self._before))
            time.sleep(0.02)
            now = self._now()


def told(lines):
    """Of how many refused clients these lines tell."""
    more = [re.search(r" refused (\d+) more in ", line) for line in lines]
    return sum(int(found.group(1)) if found else 1 for found in more)


@unittest.skipUnless(os.path.isdir("/proc/self/fd"), "needs /proc")
class HostileScenarios:
    """The same with TLS and without, in processes and in threads."""

    def serve_all(self, *arguments):
        return self.serve(*arguments)

    def good(self, server):
        return self.authenticated(server)

    def hostile(self, server):
        clients = hostile.Quick(server.address)
        self.addCleanup(clients.close)
        return clients

    def drips(self, server):
        """(socket, what it drips) of slow clients at each of their steps."""
        before, after = self.client(server), self.good(server)
        before.challenge()
        return [(before.sock, b"0" * 3000), (after.sock, b"'" + b"a" * 3000)]

    def start(self, server):
        neighbour = self.worker(self.good(server))
        self.assertEqual(neighbour.run("channel.send(1)"), [1])
        return neighbour

    def check_the_good(self, server, neighbour):
        self.assertEqual(neighbour.run("channel.send(2)"), [2])
        with contextlib.closing(self.good(server)) as client:
            self.assertEqual(client.run(HELLO).until_end(), b"hello")

    def check_one_line_each(self, server, clients):
        for _ in clients.ports:
            server.await_log(" refused ")
        lines = self.refusals(server)
        ports = [int(re.search(r" port (\d+): ", line).group(1)) for line in lines]
        self.assertEqual(sorted(ports), sorted(clients.ports), lines)

    def test_each_is_one_line(self):
        server = self.serve_all("--auth-timeout", "60")
        neighbour = self.start(server)
        clients = self.hostile(server)
        clients.all()
        self.check_the_good(server, neighbour)
        self.check_one_line_each(server, clients)

    def test_who_drips_is_dropped_and_holds_nobody_up(self):
        server = self.serve_all("--auth-timeout", SLOW)
        neighbour = self.start(server)
        drips = self.drips(server)
        with futures.ThreadPoolExecutor(1) as thread:
            dripping = thread.submit(hostile.drip, drips)
            self.check_the_good(server, neighbour)
            dripping.result()
        for _ in drips:
            self.assertIn("took too long", server.await_log(" refused "))
        self.check_the_good(server, neighbour)
        self.assertEqual(len(self.refusals(server)), len(drips))

    def test_a_crowd_is_counted_once(self):
        server = self.serve_all("--auth-timeout", "600")
        neighbour = self.start(server)
        usage = Usage(server)
        crowd = [self.client(server) for _ in range(80)]
        self.check_the_good(server, neighbour)
        server.await_log("have not said who they are")
        for client in crowd:
            client.close()
        usage.await_no_more()
        self.assertEqual(told(self.refusals(server)), len(crowd))

    def test_a_crowd_leaves_nothing(self):
        server = self.serve_all("--auth-timeout", SLOW)
        neighbour = self.start(server)
        usage = Usage(server)
        slow = [self.client(server) for _ in range(15)]
        clients = self.hostile(server)
        wrong = []
        while len(clients.ports) + len(wrong) < 45:
            clients.all()
            wrong.append(self.good(server))
            wrong[-1].send("no program\n")
        for client in slow + wrong:
            client.until_end()
            client.close()
        clients.close()
        self.check_the_good(server, neighbour)
        usage.await_no_more()
        self.assertEqual(told(self.refusals(server)), len(slow) + len(clients.ports) + len(wrong))


class PlainScenarios(HostileScenarios):
    def test_each_is_one_line_where_there_is_no_token(self):
        server = self.serve("--no-token")
        neighbour = self.worker(self.client(server))
        clients = self.hostile(server)
        clients.all()
        clients.connect().sendall(b"{[]: 1}\n")
        self.assertEqual(neighbour.run("channel.send(2)"), [2])
        self.check_one_line_each(server, clients)


@unittest.skipUnless(shutil.which("openssl"), "needs openssl")
class TlsScenarios(HostileScenarios, TlsCase):
    def serve_all(self, *arguments):
        return self.serve_tls("--tls-client-ca", self.file("ca.pem"), *arguments)

    def good(self, server):
        return self.authenticated(server, wrap=self.tls(cert="client"))

    def drips(self, server):
        hello = self.client(server)
        before = self.client(server, wrap=self.tls(cert="client"))
        before.challenge()
        after = self.good(server)
        return [
            (hello.sock, hostile.client_hello()),
            (before.sock, b"0" * 3000),
            (after.sock, b"'" + b"a" * 3000),
        ]

    def test_a_wrong_certificate_is_one_line(self):
        server = self.serve_all("--auth-timeout", "60")
        neighbour = self.start(server)
        clients = self.hostile(server)
        for options in ({}, {"cert": "stranger"}, {"ca": "other-ca.pem", "cert": "client"}):
            clients.shake_hands(self.context(**options))
        self.check_the_good(server, neighbour)
        self.check_one_line_each(server, clients)

    def test_who_is_refused_behind_tls_is_carried_by_nobody(self):
        server = self.serve_all("--auth-timeout", "60")
        neighbour = self.start(server)
        usage = Usage(server)
        wrong = self.client(server, wrap=self.tls(cert="client"))
        self.assertEqual(wrong.authenticate("a token of somebody else"), "refused")
        # the one that refuses it, which may have ended, and none that carries what it still sends
        self.assertLessEqual(usage.beyond("processes") + usage.beyond("threads"), 1)
        self.check_the_good(server, neighbour)


class ProcessesTest(PlainScenarios, serving.ServerCase):
    pass


class ThreadsTest(PlainScenarios, serving.ServerCase):
    arguments = ("--in-process",)


class TlsProcessesTest(TlsScenarios, serving.ServerCase):
    pass


class TlsThreadsTest(TlsScenarios, serving.ServerCase):
    arguments = ("--in-process",)


if __name__ == "__main__":
    unittest.main()
