package io.execnet.transport.socket;

import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.testing.Command;
import io.execnet.testing.Prerequisites;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private final String name = "exn" + ProcessHandle.current().pid() % 100_000;
  private ServerUnderTest server;

  @BeforeEach
  void makeNetwork() {
    boolean made = ip("netns add " + name);
    Prerequisites.require(made, "to be root, with iproute2 and network namespaces");
    ip("link add " + name + "a type veth peer name " + name + "b netns " + name);
    ip("addr add 10.231.47.1/30 dev " + name + "a");
    ip("link set " + name + "a up");
    ip("-n " + name + " addr add 10.231.47.2/30 dev " + name + "b");
    ip("-n " + name + " link set " + name + "b up");
    server =
        ServerUnderTest.start(
            ServerUnderTest.newFolder(),
            List.of("ip", "netns", "exec", name),
            "10.231.47.2:0",
            "--keep-alive",
            "2");
  }

  @AfterEach
  void removeNetwork() {
    if (server != null) {
      server.close();
      ip("link del " + name + "a");
      ip("netns del " + name);
    }
  }

  private static boolean ip(String arguments) {
    return Command.run(PATIENCE, ("ip " + arguments).split(" ")).status() == 0;
  }

  /** What it would answer goes nowhere from now on. */
  private void vanish() {
    assertThat(ip("-n " + name + " route add blackhole 10.231.47.1/32")).isTrue();
  }

  private Connection open(LoopResources loops) {
    return open(new SocketTransport(loops), KEEP_ALIVE);
  }

  private Connection open(SocketTransport transport, Duration keepAlive) {
    TransportOptions options =
        new TransportOptions(
            PATIENCE, keepAlive, Credentials.NONE, id -> Optional.empty(), line -> {});
    return transport.open(XSpec.parse(server.spec()), "gw0", options).block(PATIENCE);
  }

  @Test
  void whileNothingIsSent() throws Exception {
    Received received = Received.from(open(TcpResources.get()));
    vanish();
    assertThat(received.awaitClosed()).isPresent();
  }

  @Test
  void whileSomethingIsOnItsWay() throws Exception {
    Connection connection = open(TcpResources.get());
    Received received = Received.from(connection);
    vanish();
    write(connection, new byte[1000]);
    assertThat(received.awaitClosed().orElseThrow()).hasMessageContaining("keepAlive");
  }

  @Test
  void withoutEpoll() throws Exception {
    Received received = Received.from(open(preferNative -> TcpResources.get().onClient(false)));
    vanish();
    assertThat(received.awaitClosed()).isPresent();
  }

  private Connection openPatientEcho() {
    BootstrapLine echo =
        (spec, id, streams) -> {
          List<String> arguments = new ArrayList<>(BootstrapLine.arguments(id, "thread", streams));
          arguments.add("--env=PEER=echo");
          return PeerProgram.bootstrapLine(arguments);
        };
    return open(new SocketTransport(TcpResources.get(), echo), Duration.ofHours(1));
  }

  private void awaitNoWorkers() {
    Awaitility.await().atMost(PATIENCE).until(() -> server.workers().isEmpty());
  }

  @Test
  void theServerNoticesItWhileNothingIsSent() throws Exception {
    Connection connection = openPatientEcho();
    assertThat(server.workers()).hasSize(1);
    vanish();
    awaitNoWorkers();
    connection.kill();
  }

  @Test
  void theServerNoticesItWhileItsWorkerSends() throws Exception {
    Connection connection = openPatientEcho();
    assertThat(server.workers()).hasSize(1);
    vanish();
    Received.from(connection);
    write(connection, new byte[1000]);
    server.awaitLog("has vanished");
    awaitNoWorkers();
    connection.kill();
  }
}
