package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** One connection, many gateways. */
class SharedSessionIT extends SshGateways {

  private List<Connection> open(int count, String spec) {
    return Flux.range(0, count)
        .flatMap(i -> open(spec), 10)
        .collectList()
        .blockOptional(PATIENCE.multipliedBy(2))
        .orElseThrow();
  }

  private static void end(List<Connection> connections) throws Exception {
    for (Connection connection : connections) {
      assertWorks(connection);
    }
  }

  @Test
  void twentyGatewaysShareOneConnection() throws Exception {
    OpenSshServer server = server("MaxSessions 100");
    List<Connection> all = open(20, server.spec());
    assertThat(server.connections()).isEqualTo(1);
    assertThat(transport.sessions().count()).isEqualTo(1);
    end(all.subList(0, 19));
    assertThat(transport.sessions().count()).isEqualTo(1);
    end(all.subList(19, 20));
    Awaitility.await().atMost(PATIENCE).until(() -> transport.sessions().count() == 0);
    Awaitility.await().atMost(PATIENCE).until(() -> server.log().contains("Connection closed by"));
    assertWorks(open(server.spec()));
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void takesFurtherConnectionsWhereTheServerAllowsFewChannels() throws Exception {
    OpenSshServer server = server("MaxSessions 3");
    List<Connection> all = open(7, server.spec());
    assertThat(server.connections()).isBetween(3L, 7L);
    end(all);
  }

  @Test
  void othersDoNotShare() throws Exception {
    OpenSshServer server = server();
    Path key = home.resolve("other");
    OpenSshServer.keygen(key, "ed25519", "");
    Files.writeString(
        server.authorizedKeys(),
        Files.readString(Path.of(key + ".pub")),
        StandardOpenOption.APPEND);
    List<String> specs =
        List.of(
            server.spec(),
            server.spec("-C"),
            server.spec("-o ServerAliveInterval=7"),
            server.spec("-i " + key));
    List<Connection> all = openEach(specs, Credentials.NONE);
    assertThat(server.connections()).isEqualTo(4);
    all.addAll(openEach(specs, Credentials.NONE));
    assertThat(server.connections()).isEqualTo(4);
    Credentials others = new Credentials() {};
    all.addAll(openEach(specs, others));
    all.addAll(openEach(specs, others));
    assertThat(server.connections()).isEqualTo(8);
    end(all);
  }

  private List<Connection> openEach(List<String> specs, Credentials credentials) {
    return Flux.fromIterable(specs)
        .flatMap(spec -> open(spec, credentials))
        .collectList()
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  @Test
  void fiftyGatewaysHaveNoThreadsOfTheirOwn() throws Exception {
    OpenSshServer server = server("MaxSessions 25", "MaxStartups 100");
    List<Connection> few = open(10, server.spec());
    int before = Thread.getAllStackTraces().size();
    List<Connection> many = open(50, server.spec());
    assertThat(Thread.getAllStackTraces().size() - before).isLessThan(20);
    end(many);
    end(few);
  }

  @Test
  void aKilledServerEndsEveryGatewayWithAnError() throws Exception {
    OpenSshServer server = server();
    List<Connection> all = open(3, server.spec());
    List<Received> received = all.stream().map(Received::from).toList();
    server.killServers();
    for (Received each : received) {
      assertThat(each.awaitClosed().orElseThrow())
          .hasMessageContaining(
              "lost the SSH connection to " + OpenSshServer.user() + "@127.0.0.1");
      assertThat(each.violations()).isEmpty();
      assertThat(each.connection().exitStatus().blockOptional(PATIENCE)).isEmpty();
    }
  }

  @Test
  void aKilledConnectionIsNotUsedAgain() throws Exception {
    OpenSshServer server = server();
    Connection first = PeerConnections.value(open(server.spec()));
    Received received = Received.from(first);
    server.killConnections();
    received.awaitClosed();
    assertWorks(open(server.spec()));
    assertThat(server.connections()).isEqualTo(2);
  }
}
