package io.execnet.transport.via;

import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Hop;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.socket.SocketAddresses;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.execnet.transport.socket.SocketTransport;
import io.execnet.transport.socket.Token;
import java.security.SecureRandom;
import java.util.HexFormat;
import reactor.core.publisher.Mono;

/**
 * Lets the worker of another gateway start a socket server that serves one connection, and connects
 * to it: {@code socket//installvia=<id>}. The connection goes the direct way where that gateway's
 * worker is on this host, else through that gateway, or through the one that {@code via=} names.
 *
 * <p>The server is a process of its own beside the worker. A token that is used once keeps others
 * out; the server ends with the connection, and at the latest with the gateway.
 */
public final class InstallTransport implements Transport {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final HostAndPort ANY_PORT = new HostAndPort("127.0.0.1", 0);

  private final SocketTransport direct;
  private final ViaTransport through;

  /** Connects by one of these. */
  public InstallTransport(SocketTransport direct, ViaTransport through) {
    this.direct = direct;
    this.through = through;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(() -> install(spec, gatewayId, options)).subscribeOn(BlockingWork.STARTS);
  }

  private Mono<Connection> install(XSpec spec, String gatewayId, TransportOptions options) {
    Deadline deadline = Deadline.in(options.startTimeout());
    Hop host = ViaTransport.hop("installvia", spec.installvia().orElseThrow(), spec, options);
    HostAndPort bind = spec.socket().isPresent() ? SocketAddresses.of(spec) : ANY_PORT;
    FarEnd interpreter = FarEnd.interpreter(spec);
    String secret = secret();
    String line =
        ServerProgram.installedLine(
            secret, interpreter.streams().answer(), bind.host(), bind.port());
    Token token = Token.of(secret, "installvia=" + host.id());
    return Mono.usingWhen(
        ViaTransport.interpret(host, interpreter, line, gatewayId, options, deadline),
        server ->
            Reply.firstLine(server, "the socket server", deadline)
                .map(InstallTransport::reachable)
                .publishOn(BlockingWork.STARTS)
                .flatMap(at -> connect(host, at, token, spec, gatewayId, options, deadline)),
        server -> Mono.empty(), // it ends after its connection
        (server, error) -> Mono.fromRunnable(server::kill),
        server -> Mono.fromRunnable(server::kill));
  }

  private Mono<Connection> connect(
      Hop host,
      HostAndPort address,
      Token token,
      XSpec spec,
      String gatewayId,
      TransportOptions options,
      Deadline deadline) {
    if (spec.via().isPresent()) {
      Hop other = ViaTransport.hop("via", spec.via().get(), spec, options);
      return through.openServer(other, address, token, spec, gatewayId, options, deadline);
    }
    return host.isLocal()
        ? direct.open(address, token, spec, gatewayId, options, deadline)
        : through.openServer(host, address, token, spec, gatewayId, options, deadline);
  }

  /** An address to connect to, where the server listens on all that there are. */
  private static HostAndPort reachable(String text) {
    HostAndPort address = SocketAddresses.parse(text);
    return switch (address.host()) {
      case "0.0.0.0" -> new HostAndPort("127.0.0.1", address.port());
      case "::" -> new HostAndPort("::1", address.port());
      default -> address;
    };
  }

  private static String secret() {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
