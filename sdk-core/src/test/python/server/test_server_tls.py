"""The socket server behind TLS."""

import os
import shutil
import ssl
import unittest

import certificates
import master
import serving
from test_server import HELLO

ECHO = (
    "while True:\n"
    "    data = clientsock.recv(65536)\n"
    "    if not data: break\n"
    "    clientsock.sendall(data)\n"
    "clientsock.sendall(b'end'); clientsock.close()"
)


class TlsCase:
    """Certificates, a server that has one, and clients that have others."""

    def setUp(self):
        super().setUp()
        certificates.make(self.folder)

    def file(self, name):
        return os.path.join(self.folder, name)

    def serve_tls(self, *arguments):
        return self.serve(
            "--tls-cert", self.file("server.pem"), "--tls-key", self.file("server.key"), *arguments
        )

    def context(self, ca="ca.pem", cert=None):
        context = ssl.create_default_context(cafile=self.file(ca))
        if cert:
            context.load_cert_chain(self.file(cert + ".pem"), self.file(cert + ".key"))
        return context

    def tls(self, **options):
        context = self.context(**options)
        return lambda sock: context.wrap_socket(sock, server_hostname="localhost")


@unittest.skipUnless(shutil.which("openssl"), "needs openssl")
class TlsScenarios(TlsCase):
    def test_executes_what_an_authenticated_client_sends(self):
        client = self.authenticated(self.serve_tls(), wrap=self.tls())
        self.assertEqual(client.run(HELLO).until_end(), b"hello")

    def test_runs_our_worker(self):
        worker = self.worker(self.authenticated(self.serve_tls(), wrap=self.tls()))
        channel = worker.execute("channel.send(channel.receive())")
        worker.send(channel, b"x" * 3000000)
        self.assertEqual(len(worker.item(channel)), 3000000)

    def test_carries_many_bytes(self):
        client = self.authenticated(self.serve_tls(), wrap=self.tls()).run(ECHO)
        data = os.urandom(100000)
        for _ in range(20):
            client.send(data)
            self.assertEqual(client.read(len(data)), data)

    def test_what_is_written_last_arrives_though_the_client_sends(self):
        client = self.authenticated(self.serve_tls(), wrap=self.tls())
        client.sock.settimeout(master.TIMEOUT)
        client.run("clientsock.recv(1); clientsock.sendall(b'x' * 100000); clientsock.close()")
        client.send(b"y" * 4000000)  # which nobody reads
        self.assertEqual(client.until_end(), b"x" * 100000)

    def test_refuses_and_goes_on_serving(self):
        server = self.serve_tls()
        plain = self.client(server)
        plain.send("no TLS\n")
        plain.until_end()
        server.await_log("no TLS connection")
        with self.assertRaises(ssl.SSLError):
            self.client(server, wrap=self.tls(ca="other-ca.pem"))
        server.await_log("no TLS connection")
        wrong = self.client(server, wrap=self.tls())
        self.assertEqual(wrong.authenticate("a token of somebody else"), "refused")
        server.await_log("another token")
        client = self.authenticated(server, wrap=self.tls())
        self.assertEqual(client.run(HELLO).until_end(), b"hello")
        self.assertEqual(len(self.refusals(server)), 3)
        self.assertEqual([line for line in server.logged if "Warning" in line], [])

    def test_drops_who_is_slow(self):
        server = self.serve_tls("--auth-timeout", "0.5")
        client = self.client(server)
        self.assertEqual(client.until_end(), b"")
        server.await_log("too long for the TLS handshake")
        self.assertEqual(self.client(server, wrap=self.tls()).until_end()[-8:], b"refused\n")
        server.await_log("too long")

    def test_a_crowd_that_says_nothing_is_dropped(self):
        for wrap in (lambda sock: sock, self.tls()):
            server = self.serve_tls("--auth-timeout", "600")
            crowd = [self.client(server, wrap=wrap) for _ in range(65)]
            server.await_log("have not said who they are")
            crowd[0].sock.settimeout(master.TIMEOUT)
            try:
                self.assertNotIn(b"refused", crowd[0].until_end())  # it ends
            except ssl.SSLError as exc:  # older than Python 3.8: it ends without a word of TLS
                self.assertIn("eof", str(exc))
            client = self.authenticated(server, wrap=self.tls())
            self.assertEqual(client.run(HELLO).until_end(), b"hello")

    def test_quit(self):
        server = self.serve_tls()
        client = self.authenticated(server, wrap=self.tls()).run("raise KeyboardInterrupt")
        self.assertEqual(client.line(), "bye")
        client.close()
        self.assertEqual(server.wait(), 0)

    def test_certificates_of_clients(self):
        server = self.serve_tls("--tls-client-ca", self.file("ca.pem"))
        for cert in (None, "stranger"):
            with self.assertRaises((OSError, AssertionError)):
                self.authenticated(server, wrap=self.tls(cert=cert))
            server.await_log("no TLS connection")
        client = self.authenticated(server, wrap=self.tls(cert="client"))
        self.assertEqual(client.run(HELLO).until_end(), b"hello")


class TlsProcessesTest(TlsScenarios, serving.ServerCase):
    pass


class TlsThreadsTest(TlsScenarios, serving.ServerCase):
    arguments = ("--in-process",)


if __name__ == "__main__":
    unittest.main()
