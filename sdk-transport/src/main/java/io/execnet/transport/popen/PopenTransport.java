package io.execnet.transport.popen;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.output.BlockingWork;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * Starts workers as processes of this host.
 *
 * <p>Where there are Unix sockets the worker is told to connect back to one in a private folder,
 * and its standard streams stay free for what it prints. Where it can't (it runs in a container,
 * say, or on another host), where there are none (Windows), and where the spec says {@code
 * io=pipe}, its standard input and output carry the connection, which costs two threads.
 */
public final class PopenTransport implements Transport {

  private final UnixSockets sockets;
  private final BootstrapLine bootstrap;

  /** Uses the event loops that reactor-netty shares in this JVM. */
  public PopenTransport() {
    this(TcpResources.get());
  }

  /** Uses these event loops, and never disposes them. */
  public PopenTransport(LoopResources loops) {
    this(loops, BootstrapLine.worker());
  }

  PopenTransport(LoopResources loops, BootstrapLine bootstrap) {
    this.sockets = new UnixSockets(loops);
    this.bootstrap = bootstrap;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.<Connection>create(
            sink -> {
              PopenStart start = new PopenStart(sockets, bootstrap, spec, gatewayId, options, sink);
              sink.onCancel(start::cancel);
              BlockingWork.STARTS.schedule(start::run);
            })
        // a connection that was ready just when the subscriber cancelled
        .doOnDiscard(Connection.class, Connection::kill);
  }
}
