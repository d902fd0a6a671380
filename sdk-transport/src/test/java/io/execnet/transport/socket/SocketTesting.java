package io.execnet.transport.socket;

import io.execnet.transport.bootstrap.BootstrapLine;
import reactor.netty.tcp.TcpResources;

/** Transports for tests in other packages, which start something else than a worker. */
public final class SocketTesting {

  private SocketTesting() {}

  public static SocketTransport sockets(BootstrapLine line) {
    return new SocketTransport(TcpResources.get(), line);
  }

  public static ServiceTransport services(BootstrapLine line) {
    return new ServiceTransport(sockets(line));
  }
}
