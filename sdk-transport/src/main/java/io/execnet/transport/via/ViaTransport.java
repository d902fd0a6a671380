package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Handover;
import io.execnet.transport.Hop;
import io.execnet.transport.OutputLine;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.Bootstrap;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.socket.SocketAddresses;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.execnet.transport.socket.SocketTransport;
import io.execnet.transport.socket.Token;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Has the worker of another gateway open a byte stream to an interpreter, and relay it: {@code
 * via=<id>}.
 */
public final class ViaTransport implements Transport {

  private final BootstrapLine bootstrap;

  /** Starts worker programs. */
  public ViaTransport() {
    this(BootstrapLine.worker());
  }

  ViaTransport(BootstrapLine bootstrap) {
    this.bootstrap = bootstrap;
    Forwarder.source(); // reads it, which an event loop must not
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    // random numbers, files and the program's text are no work for an event loop
    return Mono.defer(
            () -> {
              Deadline deadline = Deadline.in(options.startTimeout());
              Hop hop = hop("via", spec.via().orElseThrow(), spec, options);
              return spec.way().equals("socket")
                  ? openServer(hop, spec, gatewayId, options, deadline)
                  : openInterpreter(hop, spec, gatewayId, options, deadline);
            })
        .subscribeOn(BlockingWork.STARTS);
  }

  /** The gateway that a spec names, or an {@link XSpecException}. */
  static Hop hop(String key, String id, XSpec spec, TransportOptions options) {
    return options
        .hops()
        .apply(id)
        .orElseThrow(
            () ->
                new XSpecException(
                    key + "=" + id + ": no gateway of that id is open here (in '" + spec + "')"));
  }

  private Mono<Connection> openInterpreter(
      Hop hop, XSpec spec, String gatewayId, TransportOptions options, Deadline deadline) {
    FarEnd far = FarEnd.of(spec, options, deadline);
    String line = bootstrap.of(spec, gatewayId + "-worker", far.streams());
    return interpret(hop, far, line, gatewayId, options, deadline);
  }

  /** Has a hop start an interpreter, and that execute a line until it answers. */
  static Mono<Connection> interpret(
      Hop hop,
      FarEnd far,
      String line,
      String gatewayId,
      TransportOptions options,
      Deadline deadline) {
    return reach(hop, far, gatewayId, options, deadline)
        .flatMap(
            raw -> {
              String answer = far.streams().answer();
              String shown = shown(far, hop);
              return Bootstrap.start(raw, shown, line, answer, deadline)
                  .onErrorMap(
                      BootstrapException.class, error -> far.explain(error, shown, raw.exited()));
            });
  }

  private Mono<Connection> openServer(
      Hop hop, XSpec spec, String gatewayId, TransportOptions options, Deadline deadline) {
    HostAndPort target = SocketAddresses.of(spec);
    Optional<Token> token = SocketTransport.token(spec, target, options);
    return openServer(hop, target, token.orElse(null), spec, gatewayId, options, deadline);
  }

  /** Has a hop connect to a socket server, and starts a worker there. */
  Mono<Connection> openServer(
      Hop hop,
      HostAndPort target,
      @Nullable Token token,
      XSpec spec,
      String gatewayId,
      TransportOptions options,
      Deadline deadline) {
    FarEnd far = FarEnd.server(target, options, deadline);
    String line = bootstrap.of(spec, gatewayId + "-worker", far.streams());
    UnaryOperator<Connection> tls = SocketTransport.tls(spec, target);
    return reach(hop, far, gatewayId, options, deadline)
        .flatMap(
            raw -> SocketTransport.start(tls.apply(raw), shown(far, hop), token, line, deadline));
  }

  /** Has a hop open a stream, on which nothing has been said then. */
  static Mono<ViaConnection> reach(
      Hop hop, FarEnd far, String gatewayId, TransportOptions options, Deadline deadline) {
    OutputSink errors = new OutputSink(gatewayId, OutputLine.Stream.STDERR, options.output());
    return Handover.CONNECTIONS.within(
        deadline.left(),
        () -> timedOut(shown(far, hop), deadline),
        ViaConnection.open(hop, far, errors));
  }

  private static String shown(FarEnd far, Hop hop) {
    return far.shown() + ", through " + hop.id() + ",";
  }

  private static BootstrapException timedOut(String shown, Deadline deadline) {
    return new BootstrapException(
        Reason.TIMEOUT, shown + " could not be opened within " + deadline, "", null);
  }
}
