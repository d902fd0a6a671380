package io.execnet.transport.via;

import io.execnet.reactive.SharedSshServer;

/** Through a worker that SSH leads to. */
class ViaSshIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {SharedSshServer.spec() + "//id=hop"};
  }
}
