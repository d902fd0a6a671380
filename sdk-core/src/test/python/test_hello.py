"""--hello: each side's first frame says what it can do, or wants of that."""

import subprocess
import sys
import unittest

import credit_case
import master
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.hello import hello_frame
from execnet_worker.loading import loads_internal


class HelloTest(credit_case.HelloCase):
    def test_comes_right_behind_the_answer(self):
        out, err = self.output_of(master.program_line(), "--hello", "--answer=yes")
        self.assertEqual((out, err), (b"yes" + hello_frame(), b""))
        header = frames.pack_header(66, 0, len(out) - 12)
        self.assertEqual(out[3:], header + dumps_internal(credit_case.CAPABILITIES))

    def test_gives_the_compiled_program_where_it_is_asked_for(self):
        out, _ = self.output_of(master.program_line(), "--hello", "--compiled")
        given = loads_internal(out[1 + frames.HEADER_SIZE :])
        version, code = given.pop("compiled")
        self.assertEqual(version, sys.version)
        self.assertEqual(given, credit_case.CAPABILITIES)
        line = "exec(__import__('marshal').loads(%r))" % code
        again, _ = self.output_of(repr(line).encode() + b"\n", "--hello")
        self.assertEqual(again, b"1" + hello_frame())

    def output_of(self, line, *arguments):
        process = subprocess.Popen(
            master.command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return process.communicate(line, master.TIMEOUT)

    def test_comes_before_what_is_printed(self):
        worker = self.started("--framed=1")
        worker.frame(frames.HELLO, 0, dumps_internal({}))
        worker._last_id = 99
        self.assertEqual(worker.run("print('x', end='')\nchannel.send(1)"), [1])
        self.assertEqual(worker.next_frame(1), (frames.OUTPUT, b"x"))

    def test_of_a_master_that_wants_nothing_or_what_nobody_knows(self):
        for wanted in ({}, {"marvels": 1, 2: (3, [4])}):
            worker = self.started()
            worker.frame(frames.HELLO, 0, dumps_internal(wanted))
            channel = worker.execute("for i in range(1000): channel.send(channel.receive())")
            for number in range(1000):
                worker.send(channel, number)
            for number in range(1000):
                self.assertEqual(worker.item(channel), number)
            worker.frame(frames.CREDIT, channel, b"nonsense")
            self.assertEqual(worker.arrived(("credit", channel)), 0)

    def test_of_the_master_has_to_be_its_first_frame(self):
        worker = self.started()
        worker.execute("channel.send(1)")
        self.assert_fails(worker, "the first frame is no hello, but of type 3")

    def test_that_makes_no_sense(self):
        limits = (1, 2, 3, 4, 5, 6)
        for payload, text in (
            (b"garbage", "a hello that can't be loaded"),
            (dumps_internal(["credit"]), "a hello with a list in it"),
            (dumps_internal({"credit": None}), "not None"),
            (dumps_internal({"credit": limits[:5]}), "not (1, 2, 3, 4, 5)"),
            (dumps_internal({"credit": list(limits)}), "not [1, 2, 3, 4, 5, 6]"),
            (dumps_internal({"credit": (0,) + limits[1:]}), "not (0, 2,"),
            (dumps_internal({"credit": limits[:5] + (True,)}), "5, True)"),
            (dumps_internal({"credit": limits[:5] + (6.0,)}), "5, 6.0)"),
        ):
            worker = self.started()
            worker.frame(frames.HELLO, 0, payload)
            self.assert_fails(worker, text)

    def test_unknown_frames_are_skipped(self):
        worker = self.greeted()
        for msgcode in (68, 99, 127):
            worker.frame(msgcode, 7, b"of tomorrow")
        self.assertEqual(worker.run("channel.send(1)"), [1])

    def test_the_end_instead_of_it(self):
        worker = self.started()
        worker.close_input()
        self.assertEqual((worker.wait(), worker.errors), (0, ""))


class NoHelloTest(master.WorkerCase):
    def test_where_nobody_asked_for_it(self):
        self.worker.frame(frames.HELLO, 0, dumps_internal({"credit": (1,) * 6}))
        channel = self.worker.execute("for i in range(9): channel.send(channel.receive())")
        self.worker.frame(frames.CREDIT, channel, b"nonsense")
        for number in range(9):
            self.worker.send(channel, number)
        for number in range(9):
            self.assertEqual(self.worker.item(channel), number)
        self.assertEqual(self.worker.arrived(0), 0)
        self.assertEqual(self.worker.arrived(("credit", channel)), 0)


if __name__ == "__main__":
    unittest.main()
