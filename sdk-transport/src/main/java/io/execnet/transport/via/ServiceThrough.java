package io.execnet.transport.via;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Hop;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.socket.ServiceTransport;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.execnet.transport.socket.Token;
import reactor.core.publisher.Mono;

/**
 * Starts workers in a service of the host that a gateway's worker runs on, and the service where it
 * does not run: {@code socketservice=port//via=id}.
 */
public final class ServiceThrough implements Transport {

  private final ViaTransport through;

  /** Connects by this. */
  public ServiceThrough(ViaTransport through) {
    this.through = through;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(() -> ensure(spec, gatewayId, options)).subscribeOn(BlockingWork.STARTS);
  }

  private Mono<Connection> ensure(XSpec spec, String gatewayId, TransportOptions options) {
    Deadline deadline = Deadline.in(options.startTimeout());
    Hop hop = ViaTransport.hop("via", spec.via().orElseThrow(), spec, options);
    int port = ServiceTransport.port(spec);
    HostAndPort there = new HostAndPort("127.0.0.1", port);
    return new ServiceControlThrough(hop, FarEnd.interpreter(spec))
        .run(deadline, "ensure", Integer.toString(port))
        .map(answer -> Token.of(answer.get(0), "the service"))
        .flatMap(
            token -> through.openServer(hop, there, token, spec, gatewayId, options, deadline));
  }
}
