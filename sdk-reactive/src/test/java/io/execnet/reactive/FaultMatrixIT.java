package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.RemoteException;
import io.execnet.testing.Leftovers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever goes wrong with a worker: all who wait get to know, once, and nothing is left. */
@Timeout(120)
class FaultMatrixIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final GroupOptions OPTIONS =
      GroupOptions.defaults()
          .withSendBuffer(4, 1 << 20)
          .withTerminateTimeout(Duration.ofSeconds(1));

  private static final Set<String> PREPARED = new HashSet<>();

  /** What is wrong with the bytes alone, which the same code reads wherever they come from. */
  private static final Set<Fault> OF_BYTES =
      EnumSet.of(
          Fault.NEGATIVE_LENGTH,
          Fault.LYING_LENGTH_WITHIN_LIMITS,
          Fault.UNKNOWN_TYPE,
          Fault.UNKNOWN_EXTENSION,
          Fault.UNKNOWN_CHANNEL,
          Fault.CODE_FOR_THE_MASTER,
          Fault.ALREADY_OPEN);

  /** Where it makes a difference what leads to the worker, but none what the worker is. */
  private static final Set<Fault> OF_TRANSPORTS =
      EnumSet.of(
          Fault.CLOSED_DESCRIPTORS,
          Fault.DEAF,
          Fault.OUT_OF_MEMORY,
          Fault.TRUNCATED_FRAME,
          Fault.GARBAGE,
          Fault.LYING_LENGTH);

  /** What green threads end of in ways of their own, or what takes a second execution. */
  private static final Set<Fault> OF_THREADS =
      EnumSet.of(Fault.CLOSED_DESCRIPTORS, Fault.DEAF, Fault.OUT_OF_MEMORY);

  /** Killed by another login, or by the end of the client that leads to them. */
  private static final Set<String> KILLED_BY_CLIENTS =
      Set.of("over SSH from a hop", "in a Vagrant machine");

  /** Each fault on each kind of worker, or on one for each transport, or on one. */
  static Stream<Arguments> rows() {
    return Worker.everywhere()
        .flatMap(
            worker ->
                faults(worker)
                    .filter(it -> !OF_BYTES.contains(it) || worker.name().equals("popen"))
                    .filter(it -> !OF_TRANSPORTS.contains(it) || worker.standsForItsTransport())
                    .map(fault -> Arguments.of(worker, fault)));
  }

  /** Those that such a worker may have: no ends of processes that others share. */
  static Stream<Fault> faults(Worker worker) {
    return Stream.of(Fault.values())
        .filter(fault -> !fault.isOfTheProcess() || !worker.sharesItsProcess())
        .filter(fault -> !OF_THREADS.contains(fault) || worker.runsInThreads())
        .filter(fault -> fault != Fault.DISCONNECTED || worker.hasSocket());
  }

  /** Has everything made that stays once it is there, like a server, or the pipe of a selector. */
  private static void prepare(Worker worker) {
    if (PREPARED.add(worker.name())) {
      try (Group group = Group.create(OPTIONS)) {
        worker.open(group);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void allWhoWaitAreToldOnceAndNothingIsLeft(Worker worker, Fault fault) throws Exception {
    prepare(worker);
    Leftovers before = Leftovers.now();
    check(worker, fault);
    before.awaitNoMore();
  }

  /** Has the worker do that, while everybody waits. */
  static void check(Worker worker, Fault fault) throws Exception {
    GroupOptions options =
        isFoundByPing(worker, fault) ? OPTIONS.withPing(Duration.ofSeconds(1)) : OPTIONS;
    Group group = Group.create(options);
    try (group) {
      List<FarSide> hops = worker.openHops(group).stream().map(FarSide::of).toList();
      Gateway gateway = worker.openBehindThem(group);
      long pid = gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
      Waiting waiting = new Waiting(gateway, fault);
      waiting.go();
      if (fault == Fault.DEAF) {
        waiting.hears("going deaf");
        gateway.remoteStatus().block(PATIENCE); // the last thing that it reads
        waiting.hears("deaf");
        gateway.remoteStatus().onErrorComplete().subscribe();
      } else if (fault == Fault.OUT_OF_MEMORY) {
        waiting.hears("limited");
        assertThatExceptionOfType(RemoteException.class)
            .isThrownBy(() -> gateway.remoteExec("bytes(64 << 20)").run().block(PATIENCE))
            .withMessageContaining("MemoryError");
      }
      if (fault.isHarmless()) {
        waiting.goesOn();
        group.close();
        assertThat(waiting.hasEnded()).isInstanceOf(ChannelClosedException.class);
      } else {
        assertThat(waiting.hasEnded())
            .isInstanceOfSatisfying(
                GatewayLostException.class, lost -> assertTells(lost, worker, fault));
        assertThat(group.gateways()).doesNotContain(gateway);
      }
      if (fault == Fault.STOPPED) {
        // one that nothing can kill, behind a socket or a shell, sees then that its master is gone
        new ProcessBuilder("kill", "-CONT", String.valueOf(pid)).start().waitFor();
      }
      if (!worker.sharesItsProcess()) {
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
      }
      if (!fault.isHarmless()) { // or they are closed
        hops.forEach(FarSide::awaitAsBefore);
      }
    }
  }

  /** Whether nothing else tells of it. */
  private static boolean isFoundByPing(Worker worker, Fault fault) {
    return fault == Fault.STOPPED
        || fault == Fault.LYING_LENGTH
        || fault == Fault.LYING_LENGTH_WITHIN_LIMITS
        || (fault == Fault.DEAF && !worker.tellsThatItReadsNoMore());
  }

  private static void assertTells(GatewayLostException lost, Worker worker, Fault fault) {
    assertThat(lost).hasMessageContaining(reason(worker, fault));
    if (fault == Fault.STOPPED && KILLED_BY_CLIENTS.contains(worker.name())) {
      // whose end nobody waits for longer than a moment
      lost.exitStatus().ifPresent(status -> assertThat(status).isEqualTo(fault.status()));
    } else if (fault.status() != null) {
      assertThat(lost.exitStatus())
          .isEqualTo(Optional.ofNullable(worker.tellsHowItEnds() ? fault.status() : null));
    }
  }

  private static String reason(Worker worker, Fault fault) {
    if (isFoundByPing(worker, fault)) {
      return "lost: the worker has not answered for 1000 ms (GroupOptions.ping)";
    }
    String ended = worker.tellsHowItEnds() ? "the worker process ended (" : "the connection ";
    return Optional.ofNullable(fault.complaint()).orElse("lost: " + ended);
  }
}
