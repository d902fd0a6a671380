package io.execnet.transport.popen;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.transport.Connection;
import io.execnet.transport.netty.NettyConnection;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** The same where neither epoll nor kqueue is there: NIO. */
class PopenNioSocketIT extends PopenSocketIT {

  @Override
  public LoopResources loops() {
    return preferNative -> TcpResources.get().onServer(false);
  }

  @Test
  void usesNio() {
    Connection connection = connect("echo");
    assertThat(connection.eventLoop()).isNotNull();
    assertThat(((NettyConnection) connection).toString()).contains("Nio");
    connection.kill();
  }
}
