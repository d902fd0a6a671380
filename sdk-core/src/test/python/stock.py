"""What the tests that stock execnet drives have in common.

The same scenarios run on a stock worker too, which shows that they ask for the usual.
"""

import os
import sys
import unittest

import program

try:
    import execnet
except ImportError:
    execnet = None
    if os.environ.get("EXECNET_REQUIRE_STOCK") == "1":
        raise

TIMEOUT = 60
OLD = execnet is not None and execnet.__version__.startswith("1.")

needed = unittest.skipIf(execnet is None, "needs stock execnet: pip install execnet")


class Scenario:
    """A master and a gateway of its own. Mixed with what says which worker that has."""

    options = ""

    def setUp(self):
        self.group = execnet.Group()
        self.addCleanup(self.group.terminate, 5)
        self.gateway = self.group.makegateway(self.spec(self.options))

    def run_remote(self, source, **kwargs):
        return list(self.gateway.remote_exec(source, **kwargs))


class OurWorker:
    stock = False

    def spec(self, options=""):
        arguments = ""
        if "main_thread_only" in options:
            arguments = " --execmodel=main_thread_only"
        python = "popen//python=%s %s%s" % (sys.executable, program.launcher_file(), arguments)
        return python + ("//" + options if options else "")


class StockWorker:
    stock = True

    def spec(self, options=""):
        return "popen" + ("//" + options if options else "")
