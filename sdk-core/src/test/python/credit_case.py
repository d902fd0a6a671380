"""What the tests of credit have in common: workers of each execution model that have said hello."""

import importlib.util
import struct
import unittest

import master
from execnet_worker import frames
from execnet_worker.dumping import dumps_internal
from execnet_worker.loading import loads_internal

# For executed code: m, a second channel, and waiting for what no other thread tells of.
PRELUDE = """\
m = channel.gateway.execmodel
def new():
    c = channel.gateway.newchannel()
    channel.send(c)
    return c
def when(condition):
    while not condition(): m.sleep(0.001)
"""

WANTED = {"credit": None, "cancel": None, "ping": None, "diagnose": None}
CAPABILITIES = dict(WANTED, marshal=None, items=None)
MANY = (100, 1000000, 10000000)
ONE = (1, 1000000, 10000000)


def size(value):
    return len(dumps_internal(value))


class HelloCase(unittest.TestCase):
    """Frames to and from a worker that was started with --hello."""

    model = "thread"

    def setUp(self):
        if self.model in ("gevent", "eventlet") and importlib.util.find_spec(self.model) is None:
            self.skipTest("needs %s: pip install %s" % (self.model, self.model))

    def started(self, *more):
        """A worker that has said hello, and waits for the master's."""
        worker = master.Worker("--hello", "--execmodel=" + self.model, *more)
        self.addCleanup(worker.__exit__)
        worker.start()
        self.assertEqual(worker.hello, b"1")
        msgcode, payload = worker.next_frame(0)
        self.assertEqual((msgcode, loads_internal(payload)), (frames.HELLO, CAPABILITIES))
        return worker

    def greeted(self, to_master=MANY, to_worker=MANY, arguments=(), wanted=WANTED):
        worker = self.started(*arguments)
        credit = tuple(to_master) + tuple(to_worker)
        hello = dict(wanted, credit=credit, **{"of tomorrow": [1]})
        worker.frame(frames.HELLO, 0, dumps_internal(hello))
        return worker

    def execute(self, worker, source):
        return worker.execute(PRELUDE + source)

    def assert_alive(self, worker):
        """Whatever came before was followed, and did not end the connection."""
        self.assertEqual(worker.status()["execmodel"], self.model)

    def assert_fails(self, worker, *texts):
        """The connection ends with a protocol error that says so."""
        worker.wait()
        for text in ("protocol error: ",) + texts:
            self.assertIn(text, worker.errors)


def grant(items, size):
    return struct.pack(">ii", items, size)


def for_all_models(scenarios, module, case=HelloCase):
    """Make a test case of the scenarios for each execution model."""
    for model in ("thread", "main_thread_only", "gevent", "eventlet"):
        name = "%sOn%sTest" % (scenarios.__name__, model.title().replace("_", ""))
        module[name] = type(
            name, (scenarios, case), {"model": model, "__module__": module["__name__"]}
        )
