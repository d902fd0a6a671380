package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ExitStatus;
import io.execnet.core.GatewayLostException;
import io.execnet.testing.ProcessState;
import io.execnet.testing.StockExecnet;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers that the ssh client of another gateway's host leads to: how they end. */
@Timeout(120)
class ViaSshEndIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Printed printed = new Printed();
  private final Group group = Group.create(GroupOptions.defaults().withOutput(printed));

  @AfterEach
  void close() {
    group.close();
  }

  static Stream<String> hops() {
    return Stream.of(
        "popen", "popen//bootstrap=import//python=" + StockExecnet.newest(), "popen//via=near");
  }

  /** A worker behind such a hop. */
  private Gateway open(String hop) {
    if (group.gateway("hop").isEmpty()) {
      group.makeGateway("popen//id=near").block(PATIENCE);
      group.makeGateway(hop + "//id=hop").block(PATIENCE);
    }
    return group
        .makeGateway(SharedSshServer.spec() + "//via=hop")
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  private static long pid(Gateway gateway) {
    return gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
  }

  private static Optional<ExitStatus> lost(Gateway gateway, String source) {
    try {
      gateway.remoteExec("import os, signal\n" + source).run().block(PATIENCE);
    } catch (GatewayLostException e) {
      return e.exitStatus();
    }
    throw new AssertionError(source + " ended well");
  }

  @ParameterizedTest
  @MethodSource("hops")
  void tellsTheExitStatusAndTheSignal(String hop) {
    assertThat(lost(open(hop), "os._exit(7)")).contains(ExitStatus.ofCode(7));
    assertThat(lost(open(hop), "os._exit(255)")).contains(ExitStatus.ofCode(255));
    assertThat(lost(open(hop), "os._exit(137)")).contains(ExitStatus.ofCode(137));
    assertThat(lost(open(hop), "os.kill(os.getpid(), 9)")).contains(new ExitStatus(137, "SIGKILL"));
    assertThat(
            lost(
                open(hop),
                "signal.signal(15, signal.SIG_DFL)\nos.kill(os.getpid(), 15)\nsignal.pause()"))
        .contains(new ExitStatus(143, "SIGTERM"));
  }

  @ParameterizedTest
  @MethodSource("hops")
  void whatItSaidLastIsAllThere(String hop) {
    Gateway gateway = open(hop);

    assertThatThrownBy(
            () ->
                gateway
                    .remoteExec("import os; os.write(2, b'one\\n<execnet end'); os._exit(1)")
                    .run()
                    .block(PATIENCE))
        .isInstanceOfSatisfying(
            GatewayLostException.class,
            e -> {
              assertThat(e.exitStatus()).contains(ExitStatus.ofCode(1));
              assertThat(e.standardError()).endsWith("one\n<execnet end");
            });
    await().atMost(PATIENCE).until(() -> printed.contains(gateway, "<execnet end"));
  }

  @ParameterizedTest
  @MethodSource("hops")
  void aProcessThatItLeavesBehindHoldsNothingUp(String hop) throws Exception {
    Gateway gateway = open(hop);
    Channel channel =
        gateway
            .remoteExec(
                """
                import os, subprocess
                child = subprocess.Popen(["sleep", "600"])
                channel.send(child.pid)
                channel.receive()
                os._exit(3)
                """)
            .open()
            .block(PATIENCE);
    long left = channel.receive(Long.class).blockFirst(PATIENCE);

    channel.send(1).block(PATIENCE);

    assertThatThrownBy(() -> gateway.onEnd().block(PATIENCE))
        .isInstanceOfSatisfying(
            GatewayLostException.class,
            e -> assertThat(e.exitStatus()).contains(ExitStatus.ofCode(3)));
    assertThat(ProcessHandle.of(left)).isPresent();
    ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
  }

  @ParameterizedTest
  @MethodSource("hops")
  void aKillEndsTheWorkerItself(String hop) {
    Gateway gateway = open(hop);
    long pid = pid(gateway);
    Channel stuck =
        gateway
            .remoteExec(
                """
                import os, signal, subprocess
                child = subprocess.Popen(["sleep", "600"])
                for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
                    signal.signal(each, signal.SIG_IGN)
                channel.send(child.pid)
                os.kill(os.getpid(), signal.SIGSTOP)
                """)
            .open()
            .block(PATIENCE);
    long child = stuck.receive(Long.class).blockFirst(PATIENCE);
    // one that is can't see that its connection is gone, however long it has
    await().atMost(PATIENCE).until(() -> ProcessState.isStopped(pid));

    GatewayEnd end = gateway.kill().block(PATIENCE);

    await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(child).isEmpty());
    if (end.outcome() != GatewayEnd.Outcome.UNKNOWN) { // another login may take its time
      assertThat(end.outcome()).isEqualTo(GatewayEnd.Outcome.KILLED);
      assertThat(end.exitStatus()).isEqualTo(new ExitStatus(137, "SIGKILL"));
    }
    assertThat(group.gateway("hop").orElseThrow().remoteStatus().block(PATIENCE)).isNotNull();
  }
}
