package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.spec.XSpec;
import io.execnet.testing.Leftovers;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.WorkerFrames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Opens real workers over SSH, and sees to it that nothing is left of them. */
@Timeout(120)
abstract class SshGateways {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path home;
  SshTransport transport;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private Leftovers before;

  @BeforeEach
  void begin() {
    SshClients.client();
    transport = SshTesting.workers(home);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      if (before != null) {
        before.awaitNoMore();
      }
      assertThat(transport.sessions().count()).isZero();
    } finally {
      for (AutoCloseable closeable : toClose) {
        closeable.close();
      }
    }
  }

  /** A server that lives as long as the test. */
  OpenSshServer server(String... configuration) {
    OpenSshServer server = OpenSshServer.start(configuration);
    closeLater(server);
    return server;
  }

  /** What is there now may be there at the end of the test. */
  void closeLater(AutoCloseable closeable) {
    toClose.add(0, closeable);
    before = Leftovers.now();
  }

  void useAgent(Path socket) {
    transport =
        SshTesting.workers(
            new SshSettings(
                home,
                OpenSshServer.user(),
                Optional.of(socket.toString()),
                home.resolve("none"),
                List.of()));
  }

  Mono<Connection> open(String spec, TransportOptions options) {
    return transport.open(XSpec.parse(spec), "gw0", options);
  }

  static TransportOptions options(Duration timeout, Duration keepAlive, Credentials credentials) {
    return new TransportOptions(
        timeout, keepAlive, credentials, id -> Optional.empty(), line -> {});
  }

  Mono<Connection> open(String spec) {
    return open(spec, Credentials.NONE);
  }

  Mono<Connection> open(String spec, Credentials credentials) {
    return open(spec, options(PATIENCE, TransportOptions.DEFAULT_KEEP_ALIVE, credentials));
  }

  BootstrapException failure(Mono<Connection> start) {
    BootstrapException error =
        catchThrowableOfType(BootstrapException.class, () -> PeerConnections.value(start));
    assertThat(error).isNotNull();
    return error;
  }

  /** Opens a worker, speaks to it, and ends it. */
  void assertWorks(Mono<Connection> start) throws Exception {
    assertWorks(PeerConnections.value(start));
  }

  static void assertWorks(Connection connection) throws Exception {
    Received received = Received.from(connection);
    PeerConnections.write(connection, WorkerFrames.HELLO_AND_STATUS);
    Awaitility.await().atMost(PATIENCE).until(() -> received.text().contains("numexecuting"));
    connection.close();
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(PeerConnections.value(connection.exitStatus()).code()).isZero();
    assertThat(received.violations()).isEmpty();
  }
}
