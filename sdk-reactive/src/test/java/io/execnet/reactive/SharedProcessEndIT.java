package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import io.execnet.testing.FreePort;
import io.execnet.testing.Leftovers;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.socket.SocketServices;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that serves several gateways: its end is that of each, and all who wait are told. */
@Timeout(120)
class SharedProcessEndIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final GroupOptions OPTIONS = GroupOptions.defaults().withSendBuffer(4, 1 << 20);

  private enum Process {
    SERVICE,
    SERVER
  }

  /** One of those, of the test alone. */
  private record Served(String spec, Runnable end) implements AutoCloseable {

    static Served by(Process process) {
      if (process == Process.SERVER) {
        ServerUnderTest server = ServerUnderTest.start("--in-process");
        return new Served(server.spec(), server::close);
      }
      int port = FreePort.find();
      return new Served(
          "socketservice=" + port, () -> new SocketServices().stop(port).block(PATIENCE));
    }

    @Override
    public void close() {
      end.run();
    }
  }

  @BeforeAll
  static void prepare() {
    for (Process process : Process.values()) {
      try (Served served = Served.by(process);
          Group group = Group.create(OPTIONS)) {
        Opening.open(group, served.spec()); // what stays once it is there has been made
      }
    }
  }

  private static long pid(Gateway gateway) {
    return gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
  }

  private static void signal(String name, long pid) throws Exception {
    int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
    assertThat(status).isZero();
  }

  private static void assertLost(List<Waiting> all, String reason) {
    for (Waiting each : all) {
      assertThat(each.hasEnded())
          .isInstanceOf(GatewayLostException.class)
          .hasMessageContaining("lost: " + reason);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKillEndsAllThatItServes(Process process) throws Exception {
    Leftovers before = Leftovers.now();
    try (Served served = Served.by(process);
        Group one = Group.create(OPTIONS);
        Group another = Group.create(OPTIONS)) {
      Gateway first = Opening.open(one, served.spec());
      Gateway second = Opening.open(another, served.spec());
      long pid = pid(first);
      assertThat(pid(second)).isEqualTo(pid);
      List<Waiting> waiting =
          List.of(new Waiting(first, Fault.ALREADY_OPEN), new Waiting(second, Fault.ALREADY_OPEN));

      signal("KILL", pid);

      assertLost(waiting, "the connection ");
      assertThat(one.gateways()).isEmpty();
      assertThat(another.gateways()).isEmpty();
      await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    }
    before.awaitNoMore();
  }

  @ParameterizedTest
  @EnumSource
  void aStopEndsAllThatAskForSignsOfLifeAndLeavesNothingThere(Process process) throws Exception {
    Leftovers before = Leftovers.now();
    try (Served served = Served.by(process);
        Group patient = Group.create(OPTIONS);
        Group one = Group.create(OPTIONS.withPing(Duration.ofSeconds(1)));
        Group another = Group.create(OPTIONS.withPing(Duration.ofSeconds(1)))) {
      Gateway staying = Opening.open(patient, served.spec());
      FarSide far = FarSide.of(staying);
      long pid = pid(staying);
      List<Waiting> waiting =
          List.of(
              new Waiting(Opening.open(one, served.spec()), Fault.ALREADY_OPEN),
              new Waiting(Opening.open(another, served.spec()), Fault.ALREADY_OPEN));

      signal("STOP", pid);

      assertLost(waiting, "the worker has not answered for 1000 ms (GroupOptions.ping)");
      assertThat(one.gateways()).isEmpty();
      assertThat(another.gateways()).isEmpty();
      assertThat(patient.gateways()).containsExactly(staying);
      signal("CONT", pid);
      far.awaitAsBefore();
    }
    before.awaitNoMore();
  }
}
