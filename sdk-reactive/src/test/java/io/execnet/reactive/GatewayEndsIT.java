package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExitStatus;
import io.execnet.testing.Leftovers;
import io.execnet.testing.ProcessState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a gateway is ended from here: all who wait get to know, once, and nothing is left. For
 * what goes wrong with its worker see {@link FaultMatrixIT}, for what is on the way there {@link
 * LostLinkIT}.
 */
@Timeout(120)
class GatewayEndsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final GroupOptions OPTIONS = GroupOptions.defaults().withSendBuffer(4, 1 << 20);

  private static final Set<Worker> PREPARED = new HashSet<>();

  /** What is there before; what stays once it is there, like a server, has been made. */
  private static Leftovers takeStock(Worker worker) {
    if (PREPARED.add(worker)) {
      try (Group group = Group.create(OPTIONS)) {
        worker.open(group);
      }
    }
    return Leftovers.now();
  }

  private static long pid(Gateway gateway) {
    return gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
  }

  private static void awaitEnd(Worker worker, long pid) {
    if (!worker.sharesItsProcess()) {
      await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("io.execnet.reactive.Worker#everywhere")
  void anExitAndAKillAndTheEndOfTheGroupEndAllWhoWait(Worker worker) {
    Leftovers before = takeStock(worker);
    Group group = Group.create(OPTIONS);
    try (group) {
      List<FarSide> hops = worker.openHops(group).stream().map(FarSide::of).toList();
      endsAllWhoWait(
          worker,
          group,
          gateway -> {
            GatewayEnd end = gateway.exit().blockOptional(PATIENCE).orElseThrow();
            assertThat(end.outcome()).isEqualTo(GatewayEnd.Outcome.EXITED);
            if (worker.tellsHowItEnds()) {
              assertThat(end.exitStatus()).isEqualTo(ExitStatus.ofCode(0));
            }
          });
      hops.forEach(FarSide::awaitAsBefore);
      endsAllWhoWait(
          worker,
          group,
          gateway -> {
            GatewayEnd end = gateway.kill().blockOptional(PATIENCE).orElseThrow();
            // it is told to end first, and may do so in time
            assertThat(end.outcome()).isNotEqualTo(GatewayEnd.Outcome.LOST);
          });
      hops.forEach(FarSide::awaitAsBefore);
      endsAllWhoWait(worker, group, gateway -> group.close());
    }
    before.awaitNoMore();
  }

  /** Opens such a gateway, has all wait on it, and ends it. */
  private static void endsAllWhoWait(Worker worker, Group group, Consumer<Gateway> end) {
    Gateway gateway = worker.openBehindThem(group);
    long pid = pid(gateway);
    Waiting waiting = new Waiting(gateway, Fault.ALREADY_OPEN);
    end.accept(gateway);
    assertThat(waiting.hasEnded()).isInstanceOf(ChannelClosedException.class);
    assertThat(group.gateways()).doesNotContain(gateway);
    awaitEnd(worker, pid);
  }

  @ParameterizedTest
  @MethodSource("io.execnet.reactive.Worker#onePerTransportAlone")
  void anExitEndsAWriteThatNeverCompletes(Worker worker) throws Exception {
    Leftovers before = takeStock(worker);
    try (Group group = Group.create(OPTIONS.withTerminateTimeout(Duration.ofMillis(200)))) {
      Gateway gateway = worker.open(group);
      long pid = pid(gateway);
      Waiting waiting = new Waiting(gateway, Fault.STOPPED);
      Channel full = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
      Channel next = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
      waiting.go();
      await().atMost(PATIENCE).until(() -> ProcessState.isStopped(pid));
      full.send(new byte[16 << 20]).block(PATIENCE); // more than TCP has buffers for
      await().atMost(PATIENCE).until(() -> !gateway.flow().block(PATIENCE).isWritable());
      Ending write = Ending.of("the next item", next.send(1));
      assertThat(write.hasEnded()).isFalse();

      GatewayEnd end = gateway.exit().blockOptional(PATIENCE).orElseThrow();

      assertThat(end.outcome()).isIn(GatewayEnd.Outcome.KILLED, GatewayEnd.Outcome.UNKNOWN);
      assertThat(waiting.hasEnded()).isInstanceOf(ChannelClosedException.class);
      assertThat(write.error(PATIENCE)).isInstanceOf(ChannelClosedException.class);
      write.endedOnce();
      // one that nothing can kill, behind a socket, sees then that its master is gone
      new ProcessBuilder("kill", "-CONT", String.valueOf(pid)).start().waitFor();
      awaitEnd(worker, pid);
    }
    before.awaitNoMore();
  }
}
