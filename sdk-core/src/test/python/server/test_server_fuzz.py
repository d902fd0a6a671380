"""Random bytes for the server's side of the handshake: refused, or let in with good reason."""

import ast
import contextlib
import secrets
import socket
import time
import unittest
import warnings
from unittest import mock

import fuzzing
import hostile
import master
import serving
from execnet_server import attending
from execnet_server.lines import Refused
from test_server import HELLO
from test_server_hostile import told

NONCE, MINE = "5" * 64, "c" * 64
GREETING = ("%s %s\n" % (serving.GREETING, NONCE)).encode()
PROGRAM = b"'channel\\n' \"and more\"\n"


def answer(nonce):
    return ("%s %s\n" % (MINE, serving.mac("client", nonce, MINE))).encode()


def program_in(line):
    """The program that it is a literal of, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(line.rstrip(b"\r").decode("utf-8").lstrip())
    except Exception:
        return None
    return value if isinstance(value, str) else None


def nearly(source, data):
    """Those bytes, changed mostly, with others before or after them at times."""
    before = fuzzing.noise(source) if source.random() < 0.2 else b""
    after = fuzzing.noise(source) if source.random() < 0.5 else b""
    return before + fuzzing.mutated(source, data) + after


class Splitting(socket.socket):
    """Receives no more than a random size at once, as if that were all that has come."""

    def recv(self, size, flags=0):
        return super().recv(min(size, self.source.choice(fuzzing.SPLITS)), flags)


class AnyClientTest(unittest.TestCase):
    """Against the server's own code, where each way takes no time."""

    @contextlib.contextmanager
    def client(self, source, data):
        """One that has said this and no more: the server's socket, and its own."""
        server, client = socket.socketpair()
        with Splitting(fileno=server.detach()) as server, client:
            server.source = source
            client.settimeout(master.TIMEOUT)
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            yield server, client

    def outcome(self, function, *args):
        """What it returns, or Refused. The text is ours, and one line."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return function(*args, time.monotonic() + master.TIMEOUT)
            except Refused as refused:
                self.assertRegex(str(refused), r"^it [\w ':\d]+$")
                return Refused

    def test_an_answer_is_taken_where_it_is_right(self):
        with mock.patch.object(attending, "new_nonce", lambda: NONCE):
            fuzzing.go(self, 400, self.check_answer)

    def check_answer(self, source):
        data = nearly(source, answer(NONCE))
        line, newline, rest = data.partition(b"\n")
        right = newline and line.rstrip(b"\r") == answer(NONCE).rstrip()
        with self.client(source, data) as (server, client):
            outcome = self.outcome(attending.authenticate, server, serving.TOKEN)
            self.assertEqual(outcome is not Refused, bool(right), data)
            if right:
                self.assertEqual(server.makefile("rb").read(), rest)
            server.shutdown(socket.SHUT_RDWR)
            ok = "ok %s\n" % serving.mac("server", NONCE, MINE) if right else ""
            self.assertEqual(client.makefile("rb").read(), GREETING + ok.encode())

    def test_a_program_is_a_line_with_a_literal_of_one(self):
        fuzzing.go(self, 400, self.check_program)

    def check_program(self, source):
        data = nearly(source, PROGRAM)
        line, newline, rest = data.partition(b"\n")
        program = program_in(line) if newline else None
        with self.client(source, data) as (server, client):
            outcome = self.outcome(attending.receive_program, server)
            self.assertEqual(outcome, Refused if program is None else program, data)
            if program is not None:
                self.assertEqual(server.makefile("rb").read(), rest)


class AnyConversation:
    """Against the server itself."""

    def test_each_is_one_line_and_who_is_good_is_served(self):
        server = self.serve("--auth-timeout", "600")
        clients = hostile.Quick(server.address)
        self.addCleanup(clients.close)
        fuzzing.go(self, 20, lambda source: self.converse(source, clients.connect()))
        good = self.authenticated(server)
        self.assertEqual(good.run(HELLO).until_end(), b"hello")
        lines = self.refusals(server)
        self.assertLessEqual(told(lines), len(clients.ports), lines)  # some may not be seen yet
        self.assertEqual(server.logged, lines)

    def converse(self, source, sock):
        sock.settimeout(master.TIMEOUT)
        at_once = source.random() < 0.3
        with contextlib.suppress(ConnectionError):  # refused before all was said
            greeting = b"" if at_once else sock.makefile("rb").readline()
            for piece in fuzzing.pieces(source, self.words(source, greeting)):
                sock.sendall(piece)
            if source.random() < 0.2:
                hostile.reset(sock)
                return
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass

    def words(self, source, greeting):
        """What no server lets in and no process executes."""
        if not greeting:
            return fuzzing.noise(source, 5000)
        right = answer(greeting.decode().split()[-1])
        program = nearly(source, PROGRAM)
        while program_in(program.partition(b"\n")[0]) is not None:
            program = nearly(source, PROGRAM)
        if source.random() < 0.5:
            return right + program
        wrong = nearly(source, right)
        return wrong if not wrong.startswith(right.rstrip()) else secrets.token_bytes(3) + wrong


class ProcessesTest(AnyConversation, serving.ServerCase):
    pass


class ThreadsTest(AnyConversation, serving.ServerCase):
    arguments = ("--in-process",)


if __name__ == "__main__":
    unittest.main()
