package io.execnet.transport.via;

import io.execnet.testing.StockExecnet;

/** Through another kind of green threads. */
class ViaEventletIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//execmodel=eventlet//id=hop//python=" + StockExecnet.newest()};
  }
}
