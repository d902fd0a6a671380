"""Handlers that executed code has for signals: they run wherever the main thread is."""

import unittest

import credit_case
import master
from execnet_worker import frames
from execnet_worker.cancelling import Interrupts
from execnet_worker.cancelling import Target
from execnet_worker.execmodels import ThreadModel
from execnet_worker.loading import loads_internal
from execnet_worker.native import SWITCHES_AT_CALLS
from execnet_worker.native import new_lock
from execnet_worker.native import start_thread
from execnet_worker.waiting import NativeLatch

FEW = (2, 1000, 10000)
SIGNALS = 400
# Executed. Signals come at all moments, the next when the handler is done. (They come again where
# the interpreter misses one, as it was just about to wait.)
PRELUDE = """\
import random, signal
signals = 0
class Alarm(Exception): pass
def soon(): signal.setitimer(signal.ITIMER_REAL, random.random() * 0.002 + 0.00001, 0.05)
def no_more(): signal.setitimer(signal.ITIMER_REAL, 0)
"""
CONVERSE = (
    PRELUDE
    + """\
a, b = new(), new()
def handle(number, frame):
    global signals
    no_more()
    signals += 1
    b.send(signals)
    assert b.receive() == signals
    if signals < %d: soon()
    else: channel.send(signals)
signal.signal(signal.SIGALRM, handle)
soon()
number = 0
while not channel.isclosed():
    number += 1
    a.send(number)
    assert a.receive() == number
"""
    % SIGNALS
)
SEND_AMID_SENDS = (
    PRELUDE
    + """\
a = new()
def handle(number, frame):
    global signals
    no_more()
    signals += 1
    a.send(-signals)
    if signals < %d: soon()
signal.signal(signal.SIGALRM, handle)
soon()
number = 0
while signals < %d:
    number += 1
    a.send(number)
channel.send(number)
"""
    % (SIGNALS, SIGNALS)
)
WAIT_AMID_A_WAIT = """\
import signal, time
a, b = new(), new()
def handle(number, frame):
    signal.setitimer(signal.ITIMER_REAL, 0)
    b.send(1)
    b.receive()
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
%s
"""
BE_INTERRUPTED = (
    PRELUDE
    + """\
a = new()
def handle(number, frame):
    no_more()
    raise Alarm
signal.signal(signal.SIGALRM, handle)
while signals < %d:
    try:
        try:
            soon()
            while True:
                %%s
        finally:
            no_more()
    except Alarm:
        signals += 1
channel.send(signals)
"""
    % SIGNALS
)


class SignalsTest(credit_case.HelloCase):
    def echo(self, worker, until):
        """Send back what comes, and take it, until something comes there."""
        while True:
            msgcode, channel_id, payload = worker.next()
            if channel_id == until:
                self.assertEqual(msgcode, frames.CHANNEL_DATA, payload)
                return loads_internal(payload)
            if msgcode == frames.CHANNEL_DATA:
                worker.credit(channel_id, 1, len(payload))
                worker.frame(msgcode, channel_id, payload)

    @unittest.skipUnless(SWITCHES_AT_CALLS, "elsewhere a handler may run where a lock is held")
    def test_they_may_send_and_wait_for_an_answer(self):
        for limits in (credit_case.MANY, FEW):
            with self.subTest(limits=limits):
                worker = self.greeted(limits)
                channel = self.execute(worker, CONVERSE)
                for _ in range(2):
                    worker.take(channel)
                self.assertEqual(self.echo(worker, channel), SIGNALS)
                worker.frame(frames.CHANNEL_CLOSE, channel)

    @unittest.skipUnless(SWITCHES_AT_CALLS, "elsewhere a handler may run where a lock is held")
    def test_they_may_send_amid_sends(self):
        for limits in ((1, 1000, 10000), FEW, (50, 1000, 20)):
            with self.subTest(limits=limits):
                worker = self.greeted(limits)
                channel = self.execute(worker, SEND_AMID_SENDS)
                a = worker.take(channel).id
                items = []
                msgcode, channel_id, payload = worker.next()
                while channel_id == a:
                    items.append(loads_internal(payload))
                    worker.credit(a, 1, len(payload))
                    msgcode, channel_id, payload = worker.next()
                self.assertEqual(channel_id, channel)
                number = loads_internal(payload)
                signals = range(-1, -SIGNALS - 1, -1)
                self.assertEqual([n for n in items if n > 0], list(range(1, number + 1)))
                self.assertEqual([n for n in items if n < 0], list(signals))

    def test_a_cancel_ends_a_wait_amid_which_they_have_waited(self):
        for wait in ("a.receive()", "a.waitclose()", "time.sleep(3000)"):
            with self.subTest(wait=wait):
                worker = self.greeted()
                channel = self.execute(worker, WAIT_AMID_A_WAIT % wait)
                b = [worker.item(channel).id for _ in range(2)][1]
                self.assertEqual(worker.item(b), 1)
                worker.send(b, 2)
                worker.frame(frames.CANCEL, channel)
                self.assertIn("Cancelled", worker.error(channel))

    @unittest.skipUnless(SWITCHES_AT_CALLS, "elsewhere what it raises may leave a lock held")
    def test_what_they_raise_comes_out_of_any_wait(self):
        for wait in (
            "a.receive(60)",
            "a.waitclose(60)",
            "channel.gateway.newchannel().receive()",
            "__import__('time').sleep(60)",
        ):
            with self.subTest(wait=wait):
                worker = self.greeted()
                channel = self.execute(worker, BE_INTERRUPTED % wait)
                worker.item(channel)
                self.assertEqual(self.echo(worker, channel), SIGNALS)
                worker.expect(channel, frames.CHANNEL_CLOSE)
                self.assert_alive(worker)

    @unittest.skipUnless(SWITCHES_AT_CALLS, "elsewhere what it raises may leave a lock held")
    def test_what_they_raise_comes_out_of_a_send_that_waits(self):
        worker = self.greeted(FEW)
        channel = self.execute(worker, BE_INTERRUPTED % "a.send(0)")
        sent = worker.item(channel).id
        self.assertEqual(loads_internal(worker.next_frame(channel)[1]), SIGNALS)
        worker.expect(channel, frames.CHANNEL_CLOSE)
        self.assertEqual(worker.arrived(sent), 2)
        self.assertEqual(worker.run("channel.send(1)"), [1])


class LeftOverTest(unittest.TestCase):
    def test_handlers_of_code_that_ran_before_may_wait_where_the_next_begins_and_ends(self):
        waits = []
        latch = NativeLatch()
        latch.set()
        model = ThreadModel()
        interrupts = Interrupts(model)

        class Targets(dict):
            """Where such a handler runs in each call."""

            def __setitem__(self, key, value):
                dict.__setitem__(self, key, value)
                waits.append(interrupts.wait_for(latch))

            def pop(self, *args):
                waits.append(interrupts.wait_for(latch))
                return dict.pop(self, *args)

        def run():
            target = Target(1)
            interrupts.enter(target)
            interrupts.leave(target)
            through.release()

        interrupts._targets = Targets()
        through = new_lock()
        through.acquire()
        start_thread(run, ())
        self.assertTrue(through.acquire(True, master.TIMEOUT))
        self.assertEqual(len(waits), 2)


if __name__ == "__main__":
    unittest.main()
