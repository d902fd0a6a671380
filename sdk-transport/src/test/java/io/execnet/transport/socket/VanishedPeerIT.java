package io.execnet.transport.socket;

import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** A host that is gone without a word is noticed, in a network of its own. */
class VanishedPeerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

  private VanishingServer host;

  @BeforeEach
  void start() {
    host = VanishingServer.start();
  }

  @AfterEach
  void close() {
    if (host != null) {
      host.close();
    }
  }

  private Connection open(LoopResources loops) {
    return open(new SocketTransport(loops), KEEP_ALIVE);
  }

  private Connection open(SocketTransport transport, Duration keepAlive) {
    TransportOptions options =
        new TransportOptions(
            PATIENCE, keepAlive, Credentials.NONE, id -> Optional.empty(), line -> {});
    return transport.open(XSpec.parse(host.spec()), "gw0", options).block(PATIENCE);
  }

  @Test
  void whileNothingIsSent() throws Exception {
    Received received = Received.from(open(TcpResources.get()));
    host.vanish();
    assertThat(received.awaitClosed().orElseThrow()).hasMessageContaining("keepAlive");
  }

  @Test
  void whileSomethingIsOnItsWay() throws Exception {
    Connection connection = open(TcpResources.get());
    Received received = Received.from(connection);
    host.vanish();
    write(connection, new byte[1000]);
    assertThat(received.awaitClosed().orElseThrow()).hasMessageContaining("keepAlive");
  }

  @Test
  void withoutEpoll() throws Exception {
    Received received = Received.from(open(preferNative -> TcpResources.get().onClient(false)));
    host.vanish();
    assertThat(received.awaitClosed().orElseThrow()).hasMessageContaining("keepAlive");
  }

  private Connection openPatientEcho() {
    BootstrapLine echo = PeerProgram.line(Map.of("PEER", "echo"));
    return open(new SocketTransport(TcpResources.get(), echo), Duration.ofHours(1));
  }

  private void awaitNoWorkers() {
    Awaitility.await().atMost(PATIENCE).until(() -> host.server().workers().isEmpty());
  }

  @Test
  void theServerNoticesItWhileNothingIsSent() throws Exception {
    Connection connection = openPatientEcho();
    assertThat(host.server().workers()).hasSize(1);
    host.vanish();
    awaitNoWorkers();
    connection.kill();
  }

  @Test
  void theServerNoticesItWhileItsWorkerSends() throws Exception {
    Connection connection = openPatientEcho();
    assertThat(host.server().workers()).hasSize(1);
    host.vanish();
    Received.from(connection);
    write(connection, new byte[1000]);
    host.server().awaitLog("has vanished");
    awaitNoWorkers();
    connection.kill();
  }
}
