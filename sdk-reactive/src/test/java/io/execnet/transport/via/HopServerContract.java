package io.execnet.transport.via;

import io.execnet.transport.ServerContract;

/** The contract with a peer in a socket server that gateways have a part in reaching. */
abstract class HopServerContract extends HopConnections implements ServerContract {

  @Override
  String[] hops() {
    return new String[] {"popen//id=near", "popen//via=near//id=hop"};
  }
}
