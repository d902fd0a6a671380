package io.execnet.transport.socket;

import org.junit.jupiter.api.Nested;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** The contract over sockets of every kind. */
class SocketContractIT {

  @Nested
  class WithToken extends SocketContract {
    @Override
    ServerUnderTest startServer() {
      return ServerUnderTest.start();
    }
  }

  /** Where epoll is not there. */
  @Nested
  class OverNio extends SocketContract {
    @Override
    ServerUnderTest startServer() {
      return ServerUnderTest.start("--no-token");
    }

    @Override
    String spec(ServerUnderTest running) {
      return "socket=" + running.address();
    }

    @Override
    LoopResources loops() {
      return preferNative -> TcpResources.get().onClient(false);
    }
  }

  @Nested
  class OverTls extends SocketContract {
    @Override
    ServerUnderTest startServer() {
      return Certificates.startServer();
    }

    @Override
    String spec(ServerUnderTest running) {
      return running.spec() + "//tls_ca=" + running.folder.resolve("ca.pem");
    }
  }
}
