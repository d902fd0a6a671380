package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A peer that is gone without a word. */
class KeepAliveIT extends SshGateways {

  private static final Duration LONG = Duration.ofHours(1);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PT1.2S | -o BatchMode=yes | 1200 ms",
        "PT1H | -o ServerAliveInterval=1 -o ServerAliveCountMax=1 | 2000 ms"
      })
  void noticesThatThePeerIsGone(Duration keepAlive, String option, String silence)
      throws Exception {
    OpenSshServer server = server();
    StallingProxy proxy = new StallingProxy(server.port());
    closeLater(proxy);
    String spec = server.spec(option, "-p " + proxy.port(), "-o StrictHostKeyChecking=no");
    List<Received> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Connection connection =
          PeerConnections.value(open(spec, options(PATIENCE, keepAlive, Credentials.NONE)));
      all.add(Received.from(connection));
    }
    proxy.stall();
    for (Received received : all) {
      assertThat(received.awaitClosed().orElseThrow())
          .hasMessageContaining("127.0.0.1:" + proxy.port())
          .hasMessageContaining("it has not answered for " + silence + " (keep-alive)");
      assertThat(received.connection().exitStatus().blockOptional(PATIENCE)).isEmpty();
      assertThat(received.violations()).isEmpty();
    }
    proxy.close(); // lets the server see the end too
  }

  @Test
  void noticesItThoughTheOtherSideOwesUsWindow() throws Exception {
    OpenSshServer server = server();
    StallingProxy proxy = new StallingProxy(server.port());
    closeLater(proxy);
    SshTransport peers = SshTesting.peers(home, Map.of("PEER", "echo"));
    String spec = server.spec("-p " + proxy.port(), "-o StrictHostKeyChecking=no");
    Connection connection =
        PeerConnections.value(
            peers.open(
                XSpec.parse(spec),
                "gw0",
                options(PATIENCE, Duration.ofSeconds(1), Credentials.NONE)));
    Received received = Received.from(connection);
    proxy.stall();
    PeerConnections.on(connection, () -> connection.write(ByteBuffer.allocate(8_000_000)));
    PeerConnections.on(connection, () -> assertThat(connection.isWritable()).isFalse());
    connection.close();
    assertThat(received.awaitClosed().orElseThrow()).hasMessageContaining("keep-alive");
    proxy.close();
  }

  @Test
  void aSilentWorkerIsNotGone() throws Exception {
    OpenSshServer server = server();
    Duration brief = Duration.ofMillis(300);
    Connection connection =
        PeerConnections.value(open(server.spec(), options(PATIENCE, brief, Credentials.NONE)));
    // another gateway on the same terms that is given up: by then this one was asked many times
    StallingProxy proxy = new StallingProxy(server.port());
    closeLater(proxy);
    String spec = server.spec("-p " + proxy.port(), "-o StrictHostKeyChecking=no");
    Duration longer = Duration.ofSeconds(2);
    Received other =
        Received.from(
            PeerConnections.value(open(spec, options(PATIENCE, longer, Credentials.NONE))));
    proxy.stall();
    assertThat(other.awaitClosed()).isPresent();
    proxy.close();
    assertWorks(connection);
  }

  @Test
  void aStoppedServerIsNoticed() throws Exception {
    OpenSshServer server = server();
    Connection connection =
        PeerConnections.value(
            open(server.spec(), options(PATIENCE, Duration.ofSeconds(1), Credentials.NONE)));
    Received received = Received.from(connection);
    assertThat(server.signalConnections("STOP")).isTrue();
    assertThat(received.awaitClosed().orElseThrow()).hasMessageContaining("keep-alive");
    server.killConnections();
  }

  @Test
  void doesNotAskWhereThatIsSwitchedOff() throws Exception {
    OpenSshServer server = server();
    assertWorks(open(server.spec(), options(PATIENCE, Duration.ZERO, Credentials.NONE)));
    assertWorks(
        open(server.spec("-o ServerAliveInterval=0"), options(PATIENCE, LONG, Credentials.NONE)));
  }
}
