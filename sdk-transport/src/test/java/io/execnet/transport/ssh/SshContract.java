package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import io.execnet.transport.Reports;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
  private final Reports reports = new Reports();
  private OpenSshServer server;

  /** Lines for the server's configuration. */
  abstract String[] configuration();

  /** The value for {@code ssh=}. */
  String arguments(OpenSshServer running) {
    return running.arguments();
  }

  @BeforeEach
  void startServer() {
    server = OpenSshServer.start(configuration());
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
    return reports.of(connection);
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    XSpec spec =
        // says that what it prints is not framed
        XSpec.parse("ssh=" + arguments(server) + "//bootstrap=import");
    return reports.open(
        home,
        environment,
        all ->
            SshTesting.peers(home, all).open(spec, "gw0", new TransportOptions(PATIENCE, output)));
  }
}
