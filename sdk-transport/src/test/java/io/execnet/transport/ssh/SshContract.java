package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The contract with a peer on a real OpenSSH server. */
abstract class SshContract implements TransportContract, OutputContract {

  private @TempDir Path home;
  private final Map<Connection, Path> reports = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private OpenSshServer server;
  private SshTransport transport;

  /** Lines for the server's configuration. */
  abstract String[] configuration();

  /** The value for {@code ssh=}. */
  String arguments(OpenSshServer running) {
    return running.arguments();
  }

  @BeforeEach
  void startServer() {
    server = OpenSshServer.start(configuration());
    transport = SshTesting.peers(home);
  }

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void dropsWhatNobodyReadsAfterClose() throws Exception {
    for (boolean listens : new boolean[] {true, false}) {
      Connection connection = connect("flood");
      PeerConnections.on(connection, () -> connection.setReading(false));
      Optional<Received> received =
          listens ? Optional.of(Received.counting(connection)) : Optional.empty();
      PeerConnections.write(connection, "16000000".getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().atMost(PATIENCE).until(() -> said(connection).contains("blocked after"));
      connection.close();
      assertThat(PeerConnections.value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(0));
      Received end = received.orElseGet(() -> Received.counting(connection));
      assertThat(end.awaitClosed()).isEmpty();
      assertThat(end.count()).isLessThan(256 * 1024);
      assertThat(end.violations()).isEmpty();
    }
  }

  @Test
  void handsOverWhatAPeerSaysAfterClose() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    PeerConnections.on(connection, () -> connection.write(ByteBuffer.allocate(1_000_000)));
    connection.close();
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.count()).isEqualTo(1_000_000);
  }

  @Override
  public boolean carriesStandardOutput() {
    return false; // the peer knows no frames
  }

  /** A full window holds standard error back too, so the peers say in files what they say. */
  @Override
  public String said(Connection connection) {
    Path report = reports.get(connection);
    try {
      return Files.exists(report) ? Files.readString(report) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    return Mono.defer(
        () -> {
          Path report = home.resolve("report-" + count.incrementAndGet());
          StringBuilder spec = new StringBuilder("ssh=" + arguments(server));
          spec.append("//env:REPORT=").append(report);
          environment.forEach((key, value) -> spec.append("//env:" + key + "=" + value));
          return transport
              .open(XSpec.parse(spec.toString()), "gw0", new TransportOptions(PATIENCE, output))
              .doOnNext(connection -> reports.put(connection, report));
        });
  }
}
