package io.execnet.transport.socket;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Starts workers in a service of this host, and the service where it does not run: {@code
 * socketservice=port}. Workers of one service are threads of one process, and share what is in
 * {@code channel.gateway.service}, a dict that lives as long as the service.
 */
public final class ServiceTransport implements Transport {

  private final SocketTransport sockets;

  /** Uses these event loops, and never disposes them. */
  public ServiceTransport(LoopResources loops) {
    this(new SocketTransport(loops));
  }

  ServiceTransport(SocketTransport sockets) {
    this.sockets = sockets;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The interpreter that {@code python=} names is that of a service which is started; one that
   * runs keeps its own. The end of the connection leaves the service.
   */
  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(
        () -> {
          int port = port(spec);
          Deadline deadline = Deadline.in(options.startTimeout());
          return new LocalServiceControl(spec)
              .run(deadline, "ensure", Integer.toString(port))
              .flatMap(
                  answer -> {
                    Token token = Token.of(answer.get(0), "the service");
                    HostAndPort here = new HostAndPort("127.0.0.1", port);
                    return sockets.open(here, token, spec, gatewayId, options, deadline);
                  });
        });
  }

  /** The port of a spec's {@code socketservice=}; an {@link XSpecException} where it is none. */
  public static int port(XSpec spec) {
    String port = spec.socketService().orElse("");
    return SocketAddresses.port(port, "socketservice=" + port, spec.toString());
  }
}
