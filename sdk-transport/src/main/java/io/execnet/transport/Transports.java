package io.execnet.transport;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.popen.PopenTransport;
import io.execnet.transport.socket.ServiceTransport;
import io.execnet.transport.socket.SocketTransport;
import io.execnet.transport.ssh.SshTransport;
import io.execnet.transport.via.ViaTransport;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** Every way to start a worker that there is, chosen by the spec. */
public final class Transports implements Transport {

  private final Transport popen;
  private final Transport ssh;
  private final Transport via = new ViaTransport();
  private final Transport socket;
  private final Transport service;

  /** Uses the event loops that reactor-netty shares in this JVM. */
  public Transports() {
    this(TcpResources.get());
  }

  /** Uses these event loops, and never disposes them. */
  public Transports(LoopResources loops) {
    this.popen = new PopenTransport(loops);
    this.ssh = new SshTransport(loops);
    this.socket = new SocketTransport(loops);
    this.service = new ServiceTransport(loops);
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
    if (spec.via().isPresent()) {
      return via;
    }
    String way = spec.way();
    if (way.equals("popen") || way.equals("vagrant_ssh")) {
      return popen;
    }
    if (way.equals("ssh")) {
      return ssh;
    }
    if (way.equals("socket") && spec.socket().isPresent()) {
      return socket;
    }
    if (way.equals("socketservice")) {
      return service;
    }
    throw notSupported(way, spec);
  }

  private static XSpecException notSupported(String key, XSpec spec) {
    return new XSpecException("not supported yet: " + key + " (in '" + spec + "')");
  }
}
