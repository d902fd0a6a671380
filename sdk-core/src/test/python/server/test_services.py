"""Services: what they leave on the disk, and what is made of that."""

import json
import os
import runpy
import socket
import subprocess
import sys
import unittest
from unittest import mock

import program
import serving

CONTROL = os.path.join(
    os.path.dirname(program.SOURCES),
    os.pardir,
    "resources/io/execnet/core/worker/ensure_service.py",
)


class ServicesTest(serving.ServerCase):
    def setUp(self):
        super().setUp()
        home = mock.patch.dict(os.environ, HOME=self.folder)
        home.start()
        self.addCleanup(home.stop)
        self.control = runpy.run_path(CONTROL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def path(self, extension):
        return os.path.join(self.folder, ".execnet", "services", "%d.%s" % (self.port, extension))

    def ensure(self):
        self.addCleanup(self.control["stop"], self.port)
        return self.control["ensure"](self.port, program.joined(program.SERVER_SOURCES))

    def leave_stale(self, pid):
        """What a service that was killed leaves, where another process has its number now."""
        os.makedirs(os.path.dirname(self.path("json")), 0o700)
        os.close(os.open(self.path("lock"), os.O_CREAT | os.O_RDWR, 0o600))
        with open(self.path("json"), "w") as out:
            json.dump({"pid": pid, "port": self.port, "token": "old"}, out)

    def test_all_that_it_writes_is_private(self):
        before = os.umask(0)
        try:
            self.ensure()
        finally:
            os.umask(before)
        modes = set()
        for folder, _, files in os.walk(os.path.join(self.folder, ".execnet")):
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
            modes.update(os.stat(os.path.join(folder, name)).st_mode & 0o777 for name in files)
        self.assertEqual(modes, {0o600})
        self.assertTrue(os.path.exists(self.path("log")))

    def test_a_new_service_is_not_taken_for_one_that_was_killed(self):
        self.leave_stale(os.getpid())
        with socket.socket() as other:  # so that it goes no further than to its lock
            other.bind(("127.0.0.1", self.port))
            other.listen(1)
            command = [sys.executable, program.server_file(), str(self.port), "--service"]
            answer = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        self.assertIn(b"can't be used", answer)
        self.assertFalse(os.path.exists(self.path("json")))

    def test_a_look_removes_what_a_killed_service_left(self):
        self.leave_stale(os.getpid())
        self.assertEqual(self.control["running"](), [])
        self.assertFalse(os.path.exists(self.path("json")))
        self.assertFalse(self.control["stop"](self.port))
        self.assertNotEqual(self.ensure(), "old")


if __name__ == "__main__":
    unittest.main()
