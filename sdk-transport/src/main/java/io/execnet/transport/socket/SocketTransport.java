package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.Bootstrap;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.bootstrap.WorkerStreams;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * Starts workers in socket servers, ours or stock execnet's: {@code socket=host:port}.
 *
 * <p>The worker ends with the connection. There is no process to signal: {@link Connection#kill()}
 * resets the connection, and an exit status is never known.
 */
public final class SocketTransport implements Transport {

  /** A worker there has the connection and nothing else. */
  public static final WorkerStreams STREAMS =
      new WorkerStreams(null, List.of(1, 2), WorkerStreams.PLAIN_ANSWER);

  private final TcpConnector connector;
  private final BootstrapLine bootstrap;

  /** Uses the event loops that reactor-netty shares in this JVM. */
  public SocketTransport() {
    this(TcpResources.get());
  }

  /** Uses these event loops, and never disposes them. */
  public SocketTransport(LoopResources loops) {
    this(loops, BootstrapLine.worker());
  }

  SocketTransport(LoopResources loops, BootstrapLine bootstrap) {
    this.connector = new TcpConnector(loops);
    this.bootstrap = bootstrap;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(
        () -> {
          Deadline deadline = Deadline.in(options.startTimeout());
          HostAndPort target = SocketAddresses.of(spec);
          return Mono.fromCallable(() -> token(spec, target, options))
              .subscribeOn(BlockingWork.STARTS)
              .flatMap(
                  token -> open(target, token.orElse(null), spec, gatewayId, options, deadline));
        });
  }

  /** The token that there is for a server. Blocks. */
  public static Optional<Token> token(XSpec spec, HostAndPort target, TransportOptions options) {
    if (spec.has("token_file")) {
      return Optional.of(
          spec.get("token_file").map(Token::read).orElseGet(() -> Token.read(Token.defaultFile())));
    }
    return options
        .credentials()
        .token(target.host(), target.port())
        .map(text -> Token.of(text, "the program's credentials"));
  }

  /** Connects, and starts a worker there. */
  public Mono<Connection> open(
      HostAndPort target,
      @Nullable Token token,
      XSpec spec,
      String gatewayId,
      TransportOptions options,
      Deadline deadline) {
    String shown = "the socket server " + target;
    return Mono.fromCallable(() -> plan(spec, gatewayId))
        .subscribeOn(BlockingWork.STARTS)
        .flatMap(
            plan ->
                connect(target, plan.tls, options, deadline)
                    .flatMap(raw -> start(raw, shown, token, plan.line, deadline)))
        .doOnDiscard(Connection.class, Connection::kill);
  }

  /** What has to be known of a spec; reads files. */
  private record Plan(Optional<SslContext> tls, String line) {}

  private Plan plan(XSpec spec, String gatewayId) {
    return new Plan(TlsOptions.context(spec), bootstrap.of(spec, gatewayId + "-worker", STREAMS));
  }

  /**
   * Starts a worker over a stream to a server on which nothing has been said.
   *
   * @param shown the server, as people name it
   */
  public static Mono<Connection> start(
      Connection raw, String shown, @Nullable Token token, String line, Deadline deadline) {
    return known(raw, shown, token, deadline)
        .flatMap(to -> Bootstrap.start(to, shown, line, STREAMS.answer(), deadline))
        .onErrorMap(BootstrapException.class, error -> explain(error, shown))
        .doOnDiscard(Connection.class, Connection::kill);
  }

  /**
   * The TLS that the spec asks for, over a stream that leads to the server in another way than from
   * here. Blocks: it reads files.
   *
   * @return what makes of such a stream, which nobody has started, the one to use
   */
  public static UnaryOperator<Connection> tls(XSpec spec, HostAndPort target) {
    // of the JDK's engines none has to be released
    Optional<SslContext> context = TlsOptions.context(spec, SslProvider.JDK);
    if (context.isEmpty()) {
      return raw -> raw;
    }
    Supplier<SSLEngine> engines =
        () ->
            context.get().newEngine(UnpooledByteBufAllocator.DEFAULT, target.host(), target.port());
    return raw -> new TlsConnection(raw, engines, "the socket server " + target);
  }

  /** To the server, with which nothing has been said then. */
  private Mono<Connection> connect(
      HostAndPort target, Optional<SslContext> tls, TransportOptions options, Deadline deadline) {
    return connector.connect(target, tls.orElse(null), deadline, options.keepAlive());
  }

  /** After both sides have shown that they know the token, if there is one. */
  private static Mono<Connection> known(
      Connection raw, String shown, @Nullable Token token, Deadline deadline) {
    return token == null ? Mono.just(raw) : TokenHandshake.run(raw, shown, token, deadline);
  }

  /**
   * Asks the server that the spec names to listen no more. Connections that it serves are left to
   * finish.
   *
   * @return completes when it listens no more; a {@link BootstrapException} where it refuses
   */
  public Mono<Void> quit(XSpec spec, TransportOptions options) {
    return Mono.defer(
        () -> {
          HostAndPort target = SocketAddresses.of(spec);
          String shown = "the socket server " + target;
          return Mono.fromCallable(() -> token(spec, target, options))
              .subscribeOn(BlockingWork.STARTS)
              .flatMap(token -> quit(target, shown, token.orElse(null), spec, options))
              .onErrorMap(BootstrapException.class, error -> explain(error, shown));
        });
  }

  private Mono<Void> quit(
      HostAndPort target,
      String shown,
      @Nullable Token token,
      XSpec spec,
      TransportOptions options) {
    Deadline deadline = Deadline.in(options.startTimeout());
    return connect(target, TlsOptions.context(spec), options, deadline)
        .flatMap(raw -> known(raw, shown, token, deadline))
        .flatMap(raw -> QuitRequest.send(raw, shown, deadline))
        .flatMap(
            told -> told ? Mono.empty() : ListenerEnd.await(connector, target, shown, deadline))
        .doOnDiscard(Connection.class, Connection::kill);
  }

  private static BootstrapException explain(BootstrapException error, String shown) {
    BootstrapException alert = TlsOptions.clientRefused(shown, error.getCause());
    return alert != null ? alert : TokenHandshake.explain(error, shown);
  }
}
