package io.execnet.transport.via;

import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.TransportContract;

/** The contract with a peer in a subprocess of a hop. */
abstract class ViaContract extends HopConnections implements TransportContract, OutputContract {

  @Override
  public boolean carriesStandardOutput() {
    return false; // that comes in frames
  }

  /** Has a stream of its own, which nothing else holds back. */
  @Override
  public String said(Connection connection) {
    return connection.standardError();
  }
}
