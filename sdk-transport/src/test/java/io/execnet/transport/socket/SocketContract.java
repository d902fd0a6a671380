package io.execnet.transport.socket;

import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.Received;
import io.execnet.transport.Reports;
import io.execnet.transport.ServerContract;
import io.execnet.transport.TransportOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** The contract with a peer in a socket server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SocketContract implements ServerContract {

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

  private final Reports reports = new Reports();
  private ServerUnderTest server;

  abstract ServerUnderTest startServer();

  String spec(ServerUnderTest running) {
    return running.spec();
  }

  LoopResources loops() {
    return TcpResources.get();
  }

  @BeforeAll
  void start() {
    server = startServer();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Override
  public String said(Connection connection) {
    return reports.of(connection);
  }

  @Test
  void aPeerThatDoesNotReadIsNotGone() throws Exception {
    Path gate = server.folder.resolve("gate");
    Connection connection = connect(Map.of("PEER", "gated", "GATE", gate.toString()), line -> {});
    Received received = Received.from(connection);
    int more = mostOnTheWay() + 1_000_000;
    write(connection, new byte[more]);
    Awaitility.await()
        .during(KEEP_ALIVE.multipliedBy(3))
        .atMost(PATIENCE)
        .until(() -> !received.isClosed());
    connection.close();
    Files.createFile(gate);
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(said(connection)).contains("read " + more);
    Files.delete(gate);
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    TransportOptions options =
        new TransportOptions(
            PATIENCE, KEEP_ALIVE, Credentials.NONE, id -> Optional.empty(), output);
    return reports.open(
        server.folder,
        environment,
        all ->
            new SocketTransport(loops(), PeerProgram.line(all))
                .open(XSpec.parse(spec(server)), "gw0", options));
  }
}
