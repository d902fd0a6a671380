package io.execnet.transport;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.popen.PopenTransport;
import io.execnet.transport.socket.ServiceTransport;
import io.execnet.transport.socket.SocketTransport;
import io.execnet.transport.ssh.SshTransport;
import io.execnet.transport.via.InstallTransport;
import io.execnet.transport.via.ServiceThrough;
import io.execnet.transport.via.ViaTransport;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** Every way to start a worker that there is, chosen by the spec. */
public final class Transports implements Transport {

  private final Transport popen;
  private final Transport ssh;
  private final Transport via;
  private final Transport socket;
  private final Transport install;
  private final Transport service;
  private final Transport serviceThrough;

  /** Uses the event loops that reactor-netty shares in this JVM. */
  public Transports() {
    this(TcpResources.get());
  }

  /** Uses these event loops, and never disposes them. */
  public Transports(LoopResources loops) {
    this.popen = new PopenTransport(loops);
    SocketTransport sockets = new SocketTransport(loops);
    ViaTransport through = new ViaTransport();
    this.ssh = new SshTransport(loops);
    this.via = through;
    this.socket = sockets;
    this.install = new InstallTransport(sockets, through);
    this.service = new ServiceTransport(loops);
    this.serviceThrough = new ServiceThrough(through);
  }

  /**
   * Starts a worker in the way that the spec names.
   *
   * @return as {@link Transport#open}, or an {@link XSpecException} if it names none
   */
  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(() -> transport(spec).open(spec, gatewayId, options))
        // ready just when the subscriber cancelled
        .doOnDiscard(Connection.class, Connection::kill);
  }

  private Transport transport(XSpec spec) {
    boolean through = spec.via().isPresent();
    return switch (spec.way()) {
      case "popen", "vagrant_ssh" -> through ? via : popen;
      case "ssh" -> through ? via : ssh;
      case "socket" -> spec.installvia().isPresent() ? install : through ? via : socket;
      case "socketservice" -> through ? serviceThrough : service;
      default -> throw new IllegalStateException("no transport for " + spec.way());
    };
  }
}
