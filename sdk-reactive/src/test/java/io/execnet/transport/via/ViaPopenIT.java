package io.execnet.transport.via;

/** Through a worker of ours. */
class ViaPopenIT extends ViaContract {

  @Override
  String[] hops() {
    return new String[] {"popen//id=hop"};
  }
}
