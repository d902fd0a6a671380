package io.execnet.transport.via;

import io.execnet.testing.StockExecnet;

/** Through stock execnet 2.1.2. */
class ViaStockIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//bootstrap=import//id=hop//python=" + StockExecnet.newest()};
  }
}
