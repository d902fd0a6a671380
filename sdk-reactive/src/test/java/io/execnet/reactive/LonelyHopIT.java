package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.BootstrapException;
import io.execnet.testing.FreePort;
import io.execnet.testing.LonelyNetwork;
import io.execnet.transport.socket.Certificates;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.socket.SocketServices;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that can be reached through a hop only, which is in a network of its own. */
@Timeout(120)
class LonelyHopIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Sends the number of calls up to now, as the service counts them. */
  private static final String COUNT =
      "state = channel.gateway.service\n"
          + "state['n'] = state.get('n', 0) + 1\n"
          + "channel.send(state['n'])";

  private LonelyNetwork network;
  private Group group;
  private Object there;

  @BeforeEach
  void openHop() {
    network = new LonelyNetwork();
    group = Group.create();
    there = network(open(network.gateway() + "//id=hop"));
    assertThat(network(open("popen"))).isNotEqualTo(there);
  }

  @AfterEach
  void close() {
    if (group != null) {
      group.close();
    }
    if (network != null) {
      network.close();
    }
  }

  private Gateway open(String spec) {
    return group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
  }

  private static Object run(Gateway gateway, String source) {
    return gateway.remoteExec(source).receive().blockLast(PATIENCE);
  }

  /** Which network its worker is in. */
  private static Object network(Gateway gateway) {
    return run(gateway, "import os; channel.send(os.readlink('/proc/self/ns/net'))");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]"})
  void reachesASocketServer(String host) {
    try (ServerUnderTest server =
        ServerUnderTest.start(ServerUnderTest.newFolder(), network.prefix(), host + ":0")) {
      assertThatThrownBy(() -> open(server.spec())).isInstanceOf(BootstrapException.class);

      Gateway far = open(server.spec() + "//via=hop");

      assertThat(network(far)).isEqualTo(there);
      assertThat(far.remoteAddress())
          .contains(
              InetSocketAddress.createUnresolved(host.replaceAll("[\\[\\]]", ""), server.port()));
    }
  }

  @Test
  void reachesOneOverTls() {
    try (ServerUnderTest server = Certificates.startServerBy(network.prefix())) {
      String spec = server.spec() + "//tls_ca=" + server.folder.resolve("ca.pem");
      assertThatThrownBy(() -> open(spec)).isInstanceOf(BootstrapException.class);

      assertThat(network(open(spec + "//via=hop"))).isEqualTo(there);
    }
  }

  @Test
  void reachesTheServerThatItStarts() {
    assertThat(network(open("socket//installvia=hop"))).isEqualTo(there);
  }

  @Test
  void reachesTheServerThatAnotherStarts() {
    open(network.gateway() + "//id=other");

    assertThat(network(open("socket//installvia=other//via=hop"))).isEqualTo(there);
  }

  @Test
  void startsAndReachesAService() {
    int port = FreePort.find();
    String spec = "socketservice=" + port;
    try {
      Gateway first = open(spec + "//via=hop");
      assertThat(network(first)).isEqualTo(there);
      assertThat(run(first, COUNT)).isEqualTo(1L);
      first.exit().block(PATIENCE);
      group.gateway("hop").orElseThrow().exit().block(PATIENCE);
      open(network.gateway() + "//id=other");

      assertThat(run(open(spec + "//via=other"), COUNT)).isEqualTo(2L);
      assertThatThrownBy(() -> open(spec)).isInstanceOf(BootstrapException.class);
    } finally {
      new SocketServices().stop(port).block(PATIENCE);
    }
  }
}
