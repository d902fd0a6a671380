"""How a worker ends: at once where it can, and always in the end."""

import queue
import signal
import subprocess
import sys
import time
import unittest

import master
import program
from execnet_worker import frames

POSIX = sys.platform != "win32"


class EndTest(unittest.TestCase):
    def worker(self, *arguments, **options):
        worker = master.Worker(*arguments, **options)
        self.addCleanup(worker.__exit__)
        return worker.start()

    def ends(self, worker, at_least, at_most, status=0):
        began = time.monotonic()
        worker.close_input()
        found = worker.wait()
        took = time.monotonic() - began
        self.assertEqual((found, worker.errors), (status, ""))
        self.assertGreaterEqual(took, at_least)
        self.assertLess(took, at_most)

    def test_idle_worker(self):
        self.ends(self.worker(), 0, 4)

    def test_terminated(self):
        worker = self.worker()
        worker.frame(frames.GATEWAY_TERMINATE)
        self.assertEqual(worker.wait(), 0)
        self.assertEqual(worker.errors, "")

    def test_blocked_receives_wake_up(self):
        worker = self.worker()
        for _ in range(3):
            channel = worker.execute("channel.send(1)\nfor x in channel: pass\nchannel.receive()")
            worker.item(channel)
        self.ends(worker, 0, 4)

    def test_executed_code_sees_the_end(self):
        worker = self.worker()
        channel = worker.execute(
            "import sys\nchannel.send(1)\n"
            "try: channel.waitclose()\nexcept EOFError as e: sys.stderr.write('lost: %s' % e)\n"
            "try: channel.send(1)\nexcept OSError as e: sys.stderr.write(', %s' % e)\n"
        )
        worker.item(channel)
        worker.close_input()
        self.assertEqual(worker.wait(), 0)
        lost = "lost: the connection to the master was lost, cannot send to <Channel id=1 closed>"
        self.assertEqual(worker.errors, lost)

    def test_executions_have_time_to_finish(self):
        worker = self.worker()
        channel = worker.execute(
            "import sys, time\nchannel.send(1)\ntry: channel.receive()\nexcept EOFError: pass\n"
            "time.sleep(1); sys.stderr.write('done')"
        )
        worker.item(channel)
        worker.close_input()
        self.assertEqual(worker.wait(), 0)
        self.assertEqual(worker.errors, "done")

    def test_endless_loop_in_the_main_thread(self):
        worker = self.worker()
        worker.item(worker.execute("channel.send(1)\n" + master.ENDLESS))
        self.ends(worker, 4, 14)

    def test_sleep_in_the_main_thread(self):
        worker = self.worker()
        worker.item(worker.execute("import time\nchannel.send(1)\ntime.sleep(1000)"))
        self.ends(worker, 4, 14)

    def test_main_thread_only(self):
        worker = self.worker("--execmodel=main_thread_only")
        worker.item(worker.execute("channel.send(1)\nimport time\nwhile True: time.sleep(9)"))
        worker.execute("1")
        self.ends(worker, 4, 14)

    def test_endless_loop_in_another_thread(self):
        worker = self.worker()
        first = worker.execute("channel.send(1)\nchannel.receive()")
        worker.item(first)
        worker.item(worker.execute("channel.send(1)\nwhile True: pass"))
        self.ends(worker, 4, 19)

    def test_code_that_will_not_be_interrupted(self):
        worker = self.worker()
        worker.item(
            worker.execute(
                "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                "channel.send(1)\nwhile True: time.sleep(1000)"
            )
        )
        self.ends(worker, 14, 40, status=1)

    def test_threads_that_executed_code_left_behind(self):
        worker = self.worker()
        worker.item(
            worker.execute(
                "import threading, time\n"
                "threading.Thread(target=time.sleep, args=(1000,), name='left').start()\n"
                "channel.send(1)"
            )
        )
        worker.close_input()
        began = time.monotonic()
        worker.wait()
        self.assertLess(time.monotonic() - began, 40)

    @unittest.skipUnless(POSIX, "POSIX signals")
    def test_interrupt_typed_while_idle_ends_nothing(self):
        worker = self.worker()
        worker.run("channel.send(1)")
        for _ in range(5):
            worker.process.send_signal(signal.SIGINT)
            self.assertEqual(worker.run("channel.send(1)"), [1])
        self.ends(worker, 0, 4)

    @unittest.skipUnless(POSIX, "POSIX signals")
    def test_interrupt_typed_while_executing(self):
        worker = self.worker()
        channel = worker.execute("channel.send(1)\nchannel.receive()")
        worker.item(channel)
        self.assertEqual(self.interrupted(worker, channel), "keyboard-interrupted")
        self.ends(worker, 0, 4)

    def interrupted(self, worker, channel):
        """The error of a channel whose code waits, after as many signals as that takes.

        Python takes no notice of one that comes just when a thread begins to wait.
        """
        while True:
            worker.process.send_signal(signal.SIGINT)
            try:
                return worker.error(channel, timeout=1)
            except queue.Empty:
                self.assertIsNone(worker.process.poll())

    @unittest.skipIf(hasattr(sys, "pypy_version_info"), "PyPy takes interrupts all the same")
    @unittest.skipUnless(POSIX, "POSIX signals")
    def test_where_interrupts_were_ignored_from_the_start(self):
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            worker = self.worker()
        finally:
            signal.signal(signal.SIGINT, before)
        channel = worker.execute(
            "channel.send(1)\nchannel.receive()\nchannel.send(2)\n" + master.ENDLESS
        )
        worker.item(channel)
        worker.process.send_signal(signal.SIGINT)
        # The interrupt is dealt with by the time that the code goes on.
        worker.send(channel, None)
        worker.item(channel)
        self.ends(worker, 4, 14)

    def test_while_executed_code_sends_without_end(self):
        worker = self.worker()
        channel = worker.execute("while True: channel.send(b'x' * 100000)")
        worker.item(channel)
        # The reading thread of this test goes on; what ends is the other direction.
        self.ends(worker, 0, 30)


@unittest.skipUnless(hasattr(program.os, "fork"), "needs os.fork")
@unittest.skipUnless(POSIX, "these ends are those of POSIX")
class LeavingTest(unittest.TestCase):
    def test_what_code_sent_before_it_ended_its_process_arrives(self):
        for end in (
            "os._exit(1)",
            "os.abort()",
            "os.kill(os.getpid(), 9)",
            "os.kill(0, 9)",
            "os.killpg(os.getpgrp(), 9)",
            "signal.raise_signal(9)" if hasattr(signal, "raise_signal") else "os._exit(1)",
            "os.execvp('true', ['true'])",
        ):
            with self.subTest(end), master.Worker(start_new_session=True) as worker:
                channel = worker.execute(
                    "import os, signal\nfor n in range(20000): channel.send(n)\n" + end
                )
                for number in range(20000):
                    self.assertEqual(worker.item(channel), number)
                with self.assertRaises(EOFError):
                    worker.next()

    def test_what_does_not_end_it_does_not_wait(self):
        with master.Worker() as worker:
            channel = worker.execute(
                "import os\nchannel.send(1)\nos.kill(os.getpid(), 0)\n"
                "try: os.kill('?', 9)\nexcept TypeError: channel.send(2)"
            )
            self.assertEqual([worker.item(channel), worker.item(channel)], [1, 2])
            worker.expect(channel, frames.CHANNEL_CLOSE)


class ForkTest(unittest.TestCase):
    def setUp(self):
        self.worker = master.Worker()
        self.addCleanup(self.worker.__exit__)
        self.worker.start()

    def test_a_child_that_returns_from_executed_code(self):
        source = (
            "import os\npid = os.fork()\n"
            "if pid: channel.send(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))"
        )
        self.assertEqual(self.worker.run(source), [0])
        self.assertEqual(self.worker.run(source + "\nelse: 1/0"), [1])
        self.assertEqual(self.worker.run("channel.send(5)"), [5])

    def test_a_child_can_neither_send_nor_receive(self):
        source = (
            "import os, gc\nr, w = os.pipe()\nc = channel.gateway.newchannel()\npid = os.fork()\n"
            "if not pid:\n    out = []\n"
            "    try: channel.send('from the child')\n    except OSError: out.append('send')\n"
            "    try: channel.receive()\n    except EOFError: out.append('receive')\n"
            "    del c; gc.collect()\n"
            "    os.write(w, ' '.join(out).encode()); os._exit(0)\n"
            "os.waitpid(pid, 0)\nchannel.send(os.read(r, 100))\nchannel.send(c)\n"
            "channel.send(channel.receive())"
        )
        channel = self.worker.execute(source)
        self.assertEqual(self.worker.item(channel), b"send receive")
        self.worker.item(channel)
        self.worker.send(channel, 1)
        self.assertEqual(self.worker.item(channel), 1)

    def test_multiprocessing(self):
        source = (
            "import multiprocessing\n"
            "context = multiprocessing.get_context('fork')\n"
            "with context.Pool(2) as pool: channel.send(pool.map(abs, [-1, -2, -3]))"
        )
        self.assertEqual(self.worker.run(source), [[1, 2, 3]])

    def test_a_child_that_lives_on_does_not_keep_the_connection_open(self):
        source = (
            "import os, sys, subprocess\n"
            "child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE,"
            " stderr=subprocess.DEVNULL)\nchannel.send(1)"
        )
        self.worker.run(source)
        self.worker.close_input()
        self.assertEqual(self.worker.wait(), 0)
        with self.assertRaises(EOFError):
            self.worker.next_frame(1)


class HandshakeTest(unittest.TestCase):
    def test_nothing_but_one_byte_is_written_before_the_master_speaks(self):
        process = subprocess.Popen(
            master.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = process.communicate(master.program_line(), master.TIMEOUT)
        self.assertEqual((out, err), (b"1", b""))


if __name__ == "__main__":
    unittest.main()
