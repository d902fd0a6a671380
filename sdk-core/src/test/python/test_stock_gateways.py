"""A stock Python master makes, asks, chains and ends gateways, without noticing our worker."""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import textwrap
import time
import unittest

import stock


class GatewayScenarios(stock.Scenario):
    def test_status(self):
        channel = self.gateway.remote_exec("channel.send(1); channel.receive()")
        channel.receive(stock.TIMEOUT)
        status = self.gateway.remote_status()
        self.assertEqual((status.numexecuting, status.execmodel), (1, "thread"))
        self.assertGreaterEqual(status.numchannels, 1)
        channel.send(1)
        channel.waitclose(stock.TIMEOUT)

    def test_rinfo(self):
        info = self.gateway._rinfo()
        self.assertEqual(info.version_info[:3], sys.version_info[:3])
        self.assertEqual(info.cwd, os.getcwd())

    def test_multichannel(self):
        self.group.makegateway(self.spec(self.options))
        multi = self.group.remote_exec("channel.send(channel.receive() + 1)")
        multi.send_each(1)
        self.assertEqual(multi.receive_each(), [2, 2])
        multi.waitclose()
        multi = self.group.remote_exec("channel.send(1)")
        queue = multi.make_receive_queue(endmarker=None)
        self.assertEqual(sorted(str(queue.get(timeout=stock.TIMEOUT)[1]) for _ in range(4))[0], "1")

    def test_specs(self):
        directory = os.path.join(tempfile.mkdtemp(), "made")
        self.addCleanup(shutil.rmtree, os.path.dirname(directory))
        gateway = self.group.makegateway(
            self.spec("chdir=%s//nice=3//env:EXECNET_TEST=some value" % directory)
        )
        channel = gateway.remote_exec(
            "import os\n"
            "n = os.getpriority(os.PRIO_PROCESS, os.getpid())\n"
            "channel.send((os.getcwd(), n, os.environ['EXECNET_TEST']))"
        )
        cwd, nice, value = channel.receive(stock.TIMEOUT)
        self.assertEqual(os.path.realpath(cwd), os.path.realpath(directory))
        self.assertGreaterEqual(nice, 3)
        self.assertEqual(value, "some value")

    def test_main_thread_only(self):
        if stock.OLD and self.stock:
            self.skipTest("execnet 1.9 has no such execmodel")
        gateway = self.group.makegateway(self.spec("execmodel=main_thread_only"))
        first = gateway.remote_exec("channel.send(1); channel.receive()")
        first.receive(stock.TIMEOUT)
        second = gateway.remote_exec("channel.send(2)")
        with self.assertRaises(second.RemoteError) as caught:
            second.receive(stock.TIMEOUT)
        self.assertIn("would cause deadlock for main_thread_only", str(caught.exception))
        first.send(1)
        first.waitclose(stock.TIMEOUT)

    def test_rsync(self):
        source, target = tempfile.mkdtemp(), tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, source)
        self.addCleanup(shutil.rmtree, target)
        os.makedirs(os.path.join(source, "a", "b"))
        with open(os.path.join(source, "a", "b", "c"), "wb") as out:
            out.write(b"x" * 100000)
        os.symlink("c", os.path.join(source, "a", "b", "link"))
        rsync = stock.execnet.RSync(source, verbose=False)
        rsync.add_target(self.gateway, os.path.join(target, "t"))
        rsync.send()
        with open(os.path.join(target, "t", "a", "b", "link"), "rb") as copied:
            self.assertEqual(copied.read(), b"x" * 100000)

    def test_as_a_hop(self):
        spec = "popen//via=%s//python=%s" % (self.gateway.id, sys.executable)
        behind = self.group.makegateway(spec)
        channel = behind.remote_exec("import os; channel.send((os.getpid(), channel.receive()))")
        channel.send(b"x" * 100000)
        pid, data = channel.receive(stock.TIMEOUT)
        self.assertEqual(data, b"x" * 100000)
        ours = self.run_remote("import os; channel.send(os.getpid())")
        self.assertNotIn(pid, (os.getpid(), ours[0]))

    def behind_a_hop(self, source, spec="popen"):
        """A process that the gateway of the test forwards to, which runs this; and its id.

        The channel is kept: a dropped one tells its end to a process that may be gone, and a
        stock worker in between ends where it writes to that while it notices the end.
        """
        spec = "%s//via=%s//python=%s" % (spec, self.gateway.id, sys.executable)
        behind = self.group.makegateway(spec)
        self.kept = behind.remote_exec("import os; channel.send(os.getpid())\n" + source)
        return behind, self.kept.receive(stock.TIMEOUT)

    def test_kill_behind_a_hop(self):
        behind, pid = self.behind_a_hop("while True: pass")
        behind._io.kill()
        self.assertEqual(behind._io.wait(), -signal.SIGKILL)
        self.assertFalse(alive(pid))
        behind.join(stock.TIMEOUT)
        self.assertFalse(behind.hasreceiver())
        self.assertEqual(self.run_remote("channel.send(1)"), [1])

    def test_exit_status_behind_a_hop(self):
        behind, pid = self.behind_a_hop("os._exit(7)")
        behind.join(stock.TIMEOUT)
        self.assertEqual(behind._io.wait(), 7)
        self.assertFalse(alive(pid))

    def test_termination_behind_a_hop(self):
        behind, pid = self.behind_a_hop("channel.receive()")
        self.group.terminate(stock.TIMEOUT)
        self.assertFalse(behind.hasreceiver())
        self.assertFalse(alive(pid))

    def test_remote_address_behind_a_hop(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        ssh = os.path.join(folder, "ssh")
        with open(ssh, "w") as out:
            out.write('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
        os.chmod(ssh, 0o700)
        path = "import os; os.environ['PATH'] = %r + ':' + os.environ['PATH']" % folder
        self.gateway.remote_exec(path).waitclose(stock.TIMEOUT)
        behind, _ = self.behind_a_hop("channel.receive()", "ssh=me@somewhere")
        self.assertEqual(behind.remoteaddress, "me@somewhere")

    def test_behind_a_hop(self):
        spec = self.spec("via=%s" % self.gateway.id)
        behind = self.group.makegateway(spec)
        channel = behind.remote_exec("for x in channel: channel.send(x * 2)")
        channel.send(4)
        self.assertEqual(channel.receive(stock.TIMEOUT), 8)

    @unittest.skipIf(stock.OLD, "the server of execnet 1 needs internals of its own kind of worker")
    def test_socket_server_in_the_worker(self):
        spec = "socket//installvia=%s//id=behind" % self.gateway.id
        behind = self.group.makegateway(spec)
        self.assertEqual(list(behind.remote_exec("channel.send(5)")), [5])

    def test_like_pytest_xdist(self):
        source = textwrap.dedent(
            """
            from queue import Empty
            if __name__ == '__channelexec__':
                config = channel.receive()
                torun = channel.gateway.execmodel.queue.Queue()
                def handle(command):
                    if command == SHUTDOWN:
                        torun.put(None)
                    else:
                        torun.put(command)
                SHUTDOWN = 'shutdown'
                channel.setcallback(handle, endmarker=SHUTDOWN)
                channel.send(('ready', {'id': channel.gateway.id, 'cfg': config}))
                while True:
                    item = torun.get()
                    if item is None:
                        break
                    channel.send(('report', {'item': item[1]['n']}))
                channel.send(('finished', {}))
            """
        )
        channel = self.gateway.remote_exec(source)
        channel.send({"verbose": 1, "args": ["x"]})
        self.assertEqual(channel.receive(stock.TIMEOUT)[0], "ready")
        for number in range(10):
            channel.send(("run", {"n": number}))
        for number in range(10):
            self.assertEqual(channel.receive(stock.TIMEOUT), ("report", {"item": number}))
        channel.send("shutdown")
        self.assertEqual(channel.receive(stock.TIMEOUT), ("finished", {}))
        channel.waitclose(stock.TIMEOUT)

    def test_termination_of_busy_workers(self):
        pids = []
        for source in ("while True: pass", "channel.receive()", "import time; time.sleep(100)"):
            gateway = self.group.makegateway(self.spec(self.options))
            channel = gateway.remote_exec("import os; channel.send(os.getpid())\n" + source)
            pids.append(channel.receive(stock.TIMEOUT))
        self.group.terminate(timeout=0.5)
        deadline = time.monotonic() + stock.TIMEOUT
        while any(map(alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_exit_of_one_gateway(self):
        pid = self.run_remote("import os; channel.send(os.getpid())")[0]
        self.gateway.exit()
        self.gateway.join()
        self.wait_for_the_end_of(pid)

    def wait_for_the_end_of(self, pid):
        deadline = time.monotonic() + stock.TIMEOUT
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(alive(pid))

    def test_which_worker_it_is(self):
        shown = self.run_remote("channel.send(repr(channel.gateway))")
        self.assertEqual(shown == ["<WorkerGateway id='worker' thread>"], not self.stock)


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@stock.needed
class GatewayOnOursTest(stock.OurWorker, GatewayScenarios, unittest.TestCase):
    def test_writing_to_what_has_ended_behind_a_hop(self):
        for _ in range(10):
            behind, pid = self.behind_a_hop("os._exit(7)")
            with contextlib.suppress(OSError):
                behind._io.write(b"x")
            self.kept = None
            behind.join(stock.TIMEOUT)
            self.assertEqual(behind._io.wait(), 7)
            self.assertFalse(alive(pid))


@stock.needed
class GatewayOnStockTest(stock.StockWorker, GatewayScenarios, unittest.TestCase):
    pass


if __name__ == "__main__":
    unittest.main()
