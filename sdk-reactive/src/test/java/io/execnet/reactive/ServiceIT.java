package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.BootstrapException;
import io.execnet.core.value.PyTuple;
import io.execnet.testing.Command;
import io.execnet.testing.FreePort;
import io.execnet.testing.Prerequisites;
import io.execnet.transport.socket.SocketServices;
import java.io.IOException;
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
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Services, which keep state between gateways. */
@Timeout(120)
class ServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String COUNT =
      "state = channel.gateway.service\n"
          + "state['n'] = state.get('n', 0) + 1\n"
          + "channel.send(state['n'])";

  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  private final SocketServices services = new SocketServices();
  private final int port = FreePort.find();

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
  void servesTwoMastersAtOnce() {
    try (Group one = Group.create();
        Group another = Group.create()) {
      Gateway first = open(one);
      Gateway second = open(another);
      String meet =
          "mine, other = channel.receive()\n"
              + "state = channel.gateway.service\n"
              + "import threading\n"
              + "both = state.setdefault('both', threading.Barrier(2))\n"
              + "state[mine] = mine\n"
              + "both.wait(60)\n"
              + "channel.send(state[other])";
      Flux<Long> there = first.remoteExec(meet).exchange(Flux.just(PyTuple.of(1, 2)), Long.class);
      Flux<Long> here = second.remoteExec(meet).exchange(Flux.just(PyTuple.of(2, 1)), Long.class);
      assertThat(Flux.merge(there, here).collectList().block(PATIENCE))
          .containsExactlyInAnyOrder(1L, 2L);
    }
  }

  @Test
  void isOfItsUserOnly() {
    boolean root = "root".equals(System.getProperty("user.name"));
    Prerequisites.require(root && Files.exists(SETPRIV), "to be root, with setpriv (util-linux)");
    try (Group group = Group.create()) {
      Gateway gateway = open(group);
      assertThat(
              run(
                  gateway,
                  "import os; channel.send(os.stat('%s').st_mode & 0o777)"
                      .formatted(file(".json"))))
          .isEqualTo(0600);
    }
    assertThat(asNobody("print(open('" + file(".json") + "').read())").output())
        .contains("PermissionError");
    assertThat(
            asNobody(
                    "import socket\n"
                        + "sock = socket.create_connection(('127.0.0.1', "
                        + port
                        + "))\n"
                        + "lines = sock.makefile()\n"
                        + "assert lines.readline().startswith('execnet-socketserver')\n"
                        + "sock.sendall(b'\"raise SystemExit\"\\n')\n"
                        + "print(lines.read())")
                .output())
        .contains("refused");
  }

  /** A gateway of another home and another network, where the same port is free. */
  private Gateway elsewhere(Group group, Path home) {
    boolean root = "root".equals(System.getProperty("user.name"));
    boolean network = root && Command.run(PATIENCE, "unshare", "-n", "ip", "link").status() == 0;
    Prerequisites.require(network, "to be root, with unshare (util-linux) and iproute2");
    String command = "unshare -n sh -c 'ip link set lo up && exec \"$@\"' sh /usr/bin/python3";
    return group
        .makeGateway("popen//id=elsewhere//env:HOME=" + home + "//python=" + command)
        .block(PATIENCE);
  }

  @Test
  void isListedAndStoppedThroughAGateway(@TempDir Path home) {
    try (Group group = Group.create()) {
      SocketServices there = elsewhere(group, home).services();
      assertThat(run(open(group), COUNT)).isEqualTo(1);
      assertThat(there.list().block(PATIENCE)).isEmpty();
      assertThat(there.stop(port).block(PATIENCE)).isFalse();

      Gateway far = group.makeGateway("socketservice=" + port + "//via=elsewhere").block(PATIENCE);
      assertThat(run(far, COUNT)).isEqualTo(1);
      long pid = run(far, "import os; channel.send(os.getpid())");
      assertThat(there.list().block(PATIENCE))
          .singleElement()
          .satisfies(service -> assertThat(service.port()).isEqualTo(port))
          .satisfies(service -> assertThat(service.pid()).isEqualTo(pid));
      assertThat(services.list().block(PATIENCE))
          .extracting(SocketServices.Service::pid)
          .doesNotContain(pid)
          .isNotEmpty();

      assertThat(there.stop(port).block(PATIENCE)).isTrue();
      assertThat(there.list().block(PATIENCE)).isEmpty();
      assertThat(far.onEnd().onErrorComplete().blockOptional(PATIENCE)).isEmpty();
      assertThat(run(open(group), COUNT)).isEqualTo(2);
    }
  }

  @Test
  void theServicesOfAGatewayThatHasEndedCanNotBeAsked() {
    try (Group group = Group.create()) {
      Gateway gateway = group.makeGateway("popen//id=ended").block(PATIENCE);
      gateway.exit().block(PATIENCE);
      assertThatThrownBy(() -> gateway.services().list().block(PATIENCE))
          .isInstanceOf(BootstrapException.class)
          .hasMessageContaining("gateway ended")
          .hasMessageContaining("has ended");
    }
  }

  private static Command.Result asNobody(String python) {
    return Command.run(
        PATIENCE,
        SETPRIV.toString(),
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "/usr/bin/python3",
        "-c",
        python);
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
