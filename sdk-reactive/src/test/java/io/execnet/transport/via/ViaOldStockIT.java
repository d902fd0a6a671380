package io.execnet.transport.via;

import io.execnet.testing.StockExecnet;

/** Through stock execnet 1.9.0. */
class ViaOldStockIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//bootstrap=import//id=hop//python=" + StockExecnet.debian()};
  }
}
