package io.execnet.transport.popen;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.transport.Connection;
import io.execnet.transport.netty.NettyConnection;
import org.junit.jupiter.api.Test;

/** A subprocess that connects back over a Unix socket. */
class PopenSocketIT implements PopenContract {

  @Override
  public String spec() {
    return "popen//python=/usr/bin/python3";
  }

  @Override
  public boolean carriesStandardOutput() {
    return true;
  }

  @Override
  public boolean hearsAfterClose() {
    return false; // that goes over sockets of its own
  }

  @Test
  void usesTheSocket() {
    Connection connection = connect("echo");
    assertThat(connection).isInstanceOf(NettyConnection.class);
    connection.kill();
  }
}
