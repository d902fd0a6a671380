package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.BootstrapException;
import io.execnet.transport.socket.SocketServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** Services, which keep state between gateways. */
@Timeout(120)
class ServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String COUNT =
      "state = channel.gateway.service\n"
          + "state['n'] = state.get('n', 0) + 1\n"
          + "channel.send(state['n'])";

  private final SocketServices services = new SocketServices();
  private final int port = freePort();

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() {
    services.stop(port).block(PATIENCE);
  }

  private Gateway open(Group group) {
    return group.makeGateway("socketservice=" + port).block(PATIENCE);
  }

  private static long run(Gateway gateway, String source) {
    return gateway.remoteExec(source).receive(Long.class).blockLast(PATIENCE);
  }

  private Path file(String extension) {
    return Path.of(System.getProperty("user.home"), ".execnet", "services", port + extension);
  }

  @Test
  void keepsStateBetweenGateways() throws IOException {
    try (Group group = Group.create()) {
      Gateway first = open(group);
      assertThat(run(first, COUNT)).isEqualTo(1);
      first.exit().block(PATIENCE);
      assertThat(run(open(group), COUNT)).isEqualTo(2);
      assertThat(run(open(group), COUNT)).isEqualTo(3);
    }
    try (Group another = Group.create()) {
      assertThat(run(open(another), COUNT)).isEqualTo(4);
    }
    assertThat(Files.getPosixFilePermissions(file(".json"))).hasSize(2);
  }

  @Test
  void isReachedAndStartedThroughAGateway() {
    try (Group group = Group.create()) {
      Gateway hop = group.makeGateway("popen//id=hop").block(PATIENCE);
      Gateway first = group.makeGateway("socketservice=" + port + "//via=hop").block(PATIENCE);
      assertThat(run(first, COUNT)).isEqualTo(1);
      assertThat(run(open(group), COUNT)).isEqualTo(2);
      first.exit().block(PATIENCE);
      hop.exit().block(PATIENCE);
      assertThat(run(open(group), COUNT)).isEqualTo(3);
    }
  }

  @Test
  void isStartedOnceByManyAtATime() {
    try (Group group = Group.create()) {
      List<Long> pids =
          Flux.range(0, 6)
              .flatMap(i -> group.makeGateway("socketservice=" + port))
              .map(gateway -> run(gateway, "import os; channel.send(os.getpid())"))
              .collectList()
              .block(PATIENCE);
      assertThat(pids).hasSize(6);
      Set<Long> distinct = new HashSet<>(pids);
      assertThat(distinct).hasSize(1);
      assertThat(services.list().block(PATIENCE))
          .anySatisfy(
              service -> {
                assertThat(service.port()).isEqualTo(port);
                assertThat(distinct).contains(service.pid());
              });
    }
  }

  @Test
  void canBeStopped() {
    try (Group group = Group.create()) {
      Gateway gateway = open(group);
      long pid = run(gateway, "import os; channel.send(os.getpid())");
      assertThat(services.stop(port).block(PATIENCE)).isTrue();
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
      assertThat(file(".json")).doesNotExist();
      assertThat(services.stop(port).block(PATIENCE)).isFalse();
      assertThat(run(open(group), COUNT)).isEqualTo(1);
    }
  }

  @Test
  void isStartedAgainWhereItWasKilled() {
    try (Group group = Group.create()) {
      long pid = run(open(group), "import os; channel.send(os.getpid())");
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
      assertThat(run(open(group), "import os; channel.send(os.getpid())")).isNotEqualTo(pid);
    }
  }

  @Test
  void saysThatThePortIsTaken() throws IOException {
    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        Group group = Group.create()) {
      assertThat(other.isBound()).isTrue();
      assertThatThrownBy(() -> open(group))
          .isInstanceOf(BootstrapException.class)
          .hasMessageContaining("port " + port + " can't be used")
          .hasMessageContaining("in use");
    }
  }

  @Test
  void endlessCodeEndsWithItsGatewayAndLeavesTheService() {
    try (Group group = Group.create()) {
      Gateway busy = open(group);
      assertThat(
              busy.remoteExec("channel.send(1)\nwhile True: pass")
                  .receive(Long.class)
                  .blockFirst(PATIENCE))
          .isEqualTo(1);
      busy.kill().block(PATIENCE);
      assertThat(run(open(group), COUNT)).isEqualTo(1);
    }
  }

  @Test
  void othersThanServicesHaveNoState() {
    try (Group group = Group.create()) {
      assertThat(
              run(
                  group.makeGateway().block(PATIENCE),
                  "channel.send(1 if channel.gateway.service is None else 0)"))
          .isEqualTo(1);
    }
  }
}
