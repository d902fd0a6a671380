package io.execnet.transport.popen;

/** A subprocess whose standard streams carry the connection. */
class PopenPipeIT implements PopenContract {

  @Override
  public String spec() {
    return "popen//io=pipe//python=/usr/bin/python3";
  }

  @Override
  public boolean carriesStandardOutput() {
    return false;
  }
}
