package io.execnet.transport.via;

/** Through a worker behind another. */
class ViaChainIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//id=first", "popen//via=first//id=hop"};
  }
}
