"""A stock master over our socket server, for which that is like its own."""

import unittest

import serving
import stock
from test_stock_master import ExecutionScenarios


class StockMasterScenarios(ExecutionScenarios):
    def setUp(self):
        serving.ServerCase.setUp(self)
        self.server = self.serve("--no-token")
        stock.Scenario.setUp(self)

    def spec(self, options=""):
        return "socket=" + self.server.announced

    def test_several_at_once(self):
        others = [self.group.makegateway(self.spec()) for _ in range(3)]
        source = "import os; channel.send(os.getpid())"
        pids = {list(each.remote_exec(source))[0] for each in others + [self.gateway]}
        self.assertEqual(len(pids), 4)

    def test_the_server_goes_on_after_a_gateway_has_ended(self):
        self.gateway.exit()
        self.gateway.join(stock.TIMEOUT)
        again = self.group.makegateway(self.spec())
        self.assertEqual(list(again.remote_exec("channel.send(1)")), [1])

    def test_as_a_hop(self):
        behind = self.group.makegateway("popen//via=%s" % self.gateway.id)
        self.assertEqual(list(behind.remote_exec("channel.send(2)")), [2])

    def test_quit(self):
        client = self.client(self.server).run("raise KeyboardInterrupt")
        self.assertEqual(client.until_end(), b"bye\n")
        self.assertEqual(self.run_remote("channel.send(1)"), [1])


@stock.needed
class StockMasterTest(StockMasterScenarios, stock.Scenario, serving.ServerCase):
    pass


if __name__ == "__main__":
    unittest.main()
