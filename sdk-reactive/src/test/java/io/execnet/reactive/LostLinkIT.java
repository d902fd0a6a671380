package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import io.execnet.testing.Leftovers;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.ssh.OpenSshServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever is lost on the way to a worker that goes on: all who wait get to know, once, and nothing
 * is left, at that end either. For its own socket see {@link Fault#DISCONNECTED}.
 */
@Timeout(120)
class LostLinkIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final GroupOptions OPTIONS = GroupOptions.defaults().withSendBuffer(4, 1 << 20);

  private static final String HOP = "popen//id=hop";
  private static final String SSH = "ssh";
  private static final String SOCKET = "socket";

  private static OpenSshServer ssh;
  private static ServerUnderTest socket;

  /** What leads to the worker, and which part of that is lost: a hop, or the way by SSH. */
  private enum Link {
    SSH_CONNECTION(SSH),
    SSH_CONNECTION_OF_A_HOP("popen//via=hop", SSH + "//id=hop"),
    SSH_CONNECTION_FROM_A_HOP(SSH + "//via=hop", HOP),
    HOP_TO_A_PROCESS("popen//via=hop", HOP),
    HOP_TO_SSH(SSH + "//via=hop", HOP),
    HOP_TO_A_SOCKET(SOCKET + "//via=hop", HOP),
    HOP_TO_ANOTHER("popen//via=far", HOP, "popen//via=hop//id=far"),
    HOP_OVER_SSH("popen//via=hop", SSH + "//id=hop"),
    HOP_WITH_A_SERVER("socket//installvia=hop//via=hop", HOP);

    private final String worker;
    private final List<String> hops;

    Link(String worker, String... hops) {
      this.worker = worker;
      this.hops = List.of(hops);
    }

    void lose(long firstHop) {
      if (name().startsWith("SSH_CONNECTION")) {
        ssh.killConnections();
      } else {
        ProcessHandle.of(firstHop).orElseThrow().destroyForcibly();
      }
    }

    /** What is said of it. */
    String reason() {
      return switch (this) {
        case SSH_CONNECTION -> "gw0 lost: the connection broke: lost the SSH connection to ";
        case SSH_CONNECTION_OF_A_HOP ->
            "hop lost: the connection broke: lost the SSH connection to ";
        case SSH_CONNECTION_FROM_A_HOP -> "Connection to 127.0.0.1 closed by remote host";
        default -> "hop lost: the worker process ended (signal SIGKILL)";
      };
    }

    /** Whether the first hop is lost too. */
    boolean losesHops() {
      return this != SSH_CONNECTION_FROM_A_HOP;
    }
  }

  @BeforeAll
  static void start() {
    ssh = OpenSshServer.start();
    socket = ServerUnderTest.start();
    for (Link link : List.of(Link.SSH_CONNECTION, Link.HOP_TO_SSH, Link.HOP_TO_A_SOCKET)) {
      try (Group group = Group.create(OPTIONS)) {
        open(group, link); // what stays once it is there has been made
      }
    }
  }

  @AfterAll
  static void stop() {
    ssh.close();
    socket.close();
  }

  /** The hops, and then the worker. */
  private static List<Gateway> open(Group group, Link link) {
    List<String> specs = new ArrayList<>(link.hops);
    specs.add(link.worker);
    return specs.stream()
        .map(spec -> spec.startsWith(SSH) ? ssh.spec() + spec.substring(SSH.length()) : spec)
        .map(
            spec ->
                spec.startsWith(SOCKET + "//via")
                    ? socket.spec() + spec.substring(SOCKET.length())
                    : spec)
        .map(spec -> Opening.open(group, spec))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void allWhoWaitAreToldOnceAndNothingIsLeft(Link link) {
    Leftovers before = Leftovers.now();
    try (Group group = Group.create(OPTIONS)) {
      List<Gateway> chain = open(group, link);
      List<Long> pids =
          chain.stream()
              .map(each -> each.rinfo().blockOptional(PATIENCE).orElseThrow().pid())
              .toList();
      Gateway gateway = chain.get(chain.size() - 1);
      List<FarSide> left = link.losesHops() ? List.of() : List.of(FarSide.of(chain.get(0)));
      Waiting waiting = new Waiting(gateway, Fault.ALREADY_OPEN);

      link.lose(pids.get(0));

      assertThat(waiting.hasEnded())
          .isInstanceOf(GatewayLostException.class)
          .hasMessageStartingWith("gateway " + gateway.id() + " lost: ")
          .hasMessageContaining(link.reason());
      for (long pid : pids.subList(left.size(), pids.size())) {
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
      }
      assertThat(group.gateways()).isEqualTo(chain.subList(0, left.size()));
      left.forEach(FarSide::awaitAsBefore);
    }
    before.awaitNoMore();
  }
}
