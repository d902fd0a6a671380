"""A socket server for tests, and clients of it: good ones and bad ones."""

import hashlib
import hmac
import os
import queue
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import master
import program

TOKEN = "a token that only tests know"
GREETING = "execnet-socketserver 1"


def mac(role, server_nonce, client_nonce, token=TOKEN):
    """Written apart from the server's own: this is what other programs have to do."""
    text = "\n".join((GREETING, role, server_nonce, client_nonce)).encode()
    return hmac.new(token.encode(), text, hashlib.sha256).hexdigest()


class ServerProcess:
    """The server, and the lines that it logs, as they come."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen(
            [sys.executable, program.server_file()] + list(arguments),
            stdin=options.get("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            env=options.get("env"),
        )
        self.logged = []
        self._lines = queue.Queue()
        self._thread = threading.Thread(target=self._read_log, daemon=True)
        self._thread.start()
        self.announced = self.process.stdout.readline().strip()
        host, _, port = self.announced.rpartition(":")
        self.address = (host.strip("[]"), int(port)) if port else None

    def _read_log(self):
        for line in self.process.stderr:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def await_log(self, text):
        """The next line with that text in it."""
        while True:
            line = self._lines.get(timeout=master.TIMEOUT)
            if line is None:
                raise AssertionError("not logged: %r, but %r" % (text, self.logged))
            self.logged.append(line)
            if text in line:
                return line

    def wait(self):
        status = self.process.wait(master.TIMEOUT)
        self._thread.join(master.TIMEOUT)
        while True:
            line = self._lines.get()
            if line is None:
                return status
            self.logged.append(line)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(master.TIMEOUT)
        self._thread.join(master.TIMEOUT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


class Client:
    def __init__(self, address, wrap=lambda sock: sock):
        plain = socket.create_connection(address, master.TIMEOUT)
        self.sock = plain
        try:
            self.sock = wrap(plain)
        except BaseException:
            plain.close()
            raise
        self.sock.settimeout(None)
        self._file = self.sock.makefile("rb")

    def close(self):
        self._file.close()
        self.sock.close()

    def line(self):
        return self._file.readline().decode().rstrip("\n")

    def read(self, size):
        return self._file.read(size)

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def challenge(self):
        greeting, _, nonce = self.line().rpartition(" ")
        if greeting != GREETING or len(nonce) != 64:
            raise AssertionError("no greeting: %r" % greeting)
        return nonce

    def authenticate(self, token=TOKEN):
        nonce, mine = self.challenge(), secrets.token_hex(32)
        self.send("%s %s\n" % (mine, mac("client", nonce, mine, token)))
        answer = self.line()
        if token == TOKEN and answer != "ok " + mac("server", nonce, mine):
            raise AssertionError("not the answer of a server that knows the token: %r" % answer)
        return answer

    def run(self, source):
        """Have this executed; it finds clientsock."""
        self.send(repr(source) + "\n")
        return self

    def until_end(self):
        """Everything that still comes."""
        try:
            return self._file.read()
        except ConnectionResetError:
            return b""


class SocketWorker(master.Worker):
    """Our worker over a connection to a server."""

    def __init__(self, client, source=None):
        self.client = client
        self.errors = ""
        client.run(source or "exec(%s)" % program.compiled_worker())
        self.open(client.read, client.send)

    def __exit__(self, *exc_info):
        try:
            self.client.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._reader.join(master.TIMEOUT)
        self.client.close()


class ServerCase(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="execnet-server-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.token_file = os.path.join(self.folder, "token")
        with open(self.token_file, "w") as out:
            out.write(TOKEN + "\n")
        os.chmod(self.token_file, 0o600)

    def serve(self, *arguments, address="0", **options):
        chosen = [] if "--no-token" in arguments else ["--token-file", self.token_file]
        server = ServerProcess(address, *(chosen + list(self.arguments + arguments)), **options)
        self.addCleanup(server.close)
        return server

    def refusals(self, server):
        """Ends it; the lines that it has logged of clients that it refused."""
        server.process.terminate()
        server.wait()
        return [line for line in server.logged if " refused " in line]

    def client(self, server, **options):
        client = Client(server.address, **options)
        self.addCleanup(client.close)
        return client

    def authenticated(self, server, **options):
        client = self.client(server, **options)
        client.authenticate()
        return client

    def worker(self, client):
        worker = SocketWorker(client)
        self.addCleanup(worker.__exit__)
        return worker.start()
