package io.execnet.transport;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.popen.PopenTransport;
import io.execnet.transport.socket.SocketTransport;
import io.execnet.transport.ssh.SshTransport;
import io.execnet.transport.via.InstallTransport;
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

  /** Uses the event loops that reactor-netty shares in this JVM. */
  public Transports() {
    this(TcpResources.get());
  }

  /** Uses these event loops, and never disposes them. */
  public Transports(LoopResources loops) {
    this.popen = new PopenTransport(loops);
    this.ssh = new SshTransport(loops);
    SocketTransport sockets = new SocketTransport(loops);
    ViaTransport through = new ViaTransport();
    this.socket = sockets;
    this.via = through;
    this.install = new InstallTransport(sockets, through);
  }

  /**
   * Starts a worker in the way that the spec names.
   *
   * @return as {@link Transport#open}, or an {@link XSpecException} that names the key which no
   *     transport serves
   */
  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(() -> transport(spec).open(spec, gatewayId, options));
  }

  private Transport transport(XSpec spec) {
    String way = spec.way();
    if (way.equals("socket") && spec.installvia().isPresent()) {
      return install;
    }
    if (spec.via().isPresent()) {
      return via;
    }
    if (way.equals("popen") || way.equals("vagrant_ssh")) {
      return popen;
    }
    if (way.equals("ssh")) {
      return ssh;
    }
    if (way.equals("socket")) {
      return socket;
    }
    throw notSupported(way, spec);
  }

  private static XSpecException notSupported(String key, XSpec spec) {
    return new XSpecException("not supported yet: " + key + " (in '" + spec + "')");
  }
}
