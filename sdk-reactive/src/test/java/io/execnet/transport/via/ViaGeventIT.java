package io.execnet.transport.via;

import io.execnet.testing.StockExecnet;

/** Through a worker of ours that runs green threads. */
class ViaGeventIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//execmodel=gevent//id=hop//python=" + StockExecnet.newest()};
  }
}
