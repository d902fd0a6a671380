package io.execnet.transport.via;

import io.execnet.reactive.SharedSshServer;

/** Through a worker that the OpenSSH client of another leads to. */
class ViaSshChainIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//id=first", SharedSshServer.spec() + "//via=first//id=hop"};
  }
}
