package io.execnet.transport.socket;

import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.Received;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
abstract class SocketContract implements TransportContract {

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

  private final Map<Connection, Path> reports = new ConcurrentHashMap<>();
  private final AtomicInteger reportNumber = new AtomicInteger();
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
  public boolean knowsExitStatus() {
    return false;
  }

  /** The kernel lets the buffers of TCP grow with what goes through them. */
  @Override
  public int mostOnTheWay() {
    return 12 * 1024 * 1024;
  }

  @Override
  public String said(Connection connection) {
    try {
      return Optional.ofNullable(reports.get(connection)).filter(Files::exists).isPresent()
          ? Files.readString(reports.get(connection))
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void handsOverTheLastWordsAfterClose() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.counting(connection);
    write(connection, new byte[1_000_000]);
    connection.close();
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.count()).isEqualTo(1_000_000);
    assertThat(connection.exitStatus().blockOptional(PATIENCE)).isEmpty();
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
    Path report = server.folder.resolve("report-" + reportNumber.incrementAndGet());
    SocketTransport transport =
        new SocketTransport(
            loops(),
            (spec, id, streams) -> {
              List<String> arguments =
                  new ArrayList<>(BootstrapLine.arguments(id, "thread", streams));
              environment.forEach((key, value) -> arguments.add("--env=" + key + "=" + value));
              arguments.add("--env=REPORT=" + report);
              return PeerProgram.bootstrapLine(arguments);
            });
    return transport
        .open(
            XSpec.parse(spec(server)),
            "gw0",
            new TransportOptions(
                PATIENCE, KEEP_ALIVE, Credentials.NONE, id -> Optional.empty(), output))
        .doOnNext(connection -> reports.put(connection, report));
  }
}
