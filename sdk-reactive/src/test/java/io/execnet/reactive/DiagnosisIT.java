package io.execnet.reactive;

import static io.execnet.reactive.Opening.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.testing.Quietly;
import io.execnet.testing.StockExecnet;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** "It hangs": what the worker says of itself while it does, and what is said where it can't. */
@Timeout(120)
class DiagnosisIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withTerminateTimeout(Duration.ofSeconds(1));

  private Group group = Group.create(OPTIONS);

  @AfterEach
  void close() {
    group.close();
  }

  private static Channel exec(Gateway gateway, String source) {
    return Opening.exec(gateway, new PythonSource(source, "hanging.py"));
  }

  private static Diagnosis diagnose(Gateway gateway, Duration timeout) {
    return gateway.diagnose(timeout).blockOptional(PATIENCE).orElseThrow();
  }

  /** Waits until all of this is said. */
  private static void assertTold(Gateway gateway, String... parts) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Diagnosis diagnosis = diagnose(gateway, PATIENCE);
              assertThat(diagnosis.isAnswered()).isTrue();
              assertThat(diagnosis.toString()).contains(parts);
            });
  }

  @ParameterizedTest
  @MethodSource("io.execnet.reactive.Worker#everywhere")
  void aWorkerTellsWhatItsCodeWaitsIn(Worker worker) {
    Gateway gateway = worker.open(group);
    Channel channel =
        exec(
            gateway,
            """
            import threading
            lock = threading.Lock()
            lock.acquire()
            def callback(item):
                while not channel.isclosed(): lock.acquire(True, 1)
            other = channel.receive()
            other.setcallback(callback)
            def wait():
                channel.receive()
            wait()
            """);
    Channel other = gateway.newChannel().block(PATIENCE);
    channel.send(other).block(PATIENCE);
    assertTold(
        gateway,
        "gateway " + gateway.id() + ": 2 channels are open",
        "  there: channel %d: its code has run for ".formatted(channel.id()),
        ", is in receive on channel %d, for ".formatted(channel.id()),
        "  there:   File \"hanging.py\", line 9, in wait: channel.receive()");

    if (!gateway.spec().has("execmodel")) { // others have one thread only
      String busy = "def loop():\n    while not channel.isclosed(): pass\nloop()";
      Channel loop = Opening.exec(gateway, new PythonSource(busy, "busy.py"));
      assertTold(
          gateway,
          "channel %d: its code has run for ".formatted(loop.id()),
          "waits for nothing of execnet's",
          "File \"busy.py\", line 2, in loop: while not channel.isclosed(): pass");
      loop.close().block(PATIENCE);
    }
    other.send(Mono.just(1)).block(PATIENCE);
    assertTold(
        gateway,
        "channel %d: a call of its callback has taken ".formatted(other.id()),
        "in callback: while not channel.isclosed(): lock.acquire(True, 1)");
    channel.close().block(PATIENCE);
  }

  @Test
  void aStockWorkerCanNotTell() {
    Gateway gateway = open(group, "popen//bootstrap=import//python=" + StockExecnet.newest());
    Diagnosis diagnosis = diagnose(gateway, PATIENCE);

    assertThat(diagnosis.isAnswered()).isFalse();
    assertThat(diagnosis.toString())
        .isEqualTo(
            "gateway gw0: 0 channels are open\n"
                + "  there: the worker can't tell what it is at: it is not ours, or an older one");
  }

  @Test
  void aStoppedWorkerDoesNotAnswerAndOneThatHasEndedNeverWill() throws Exception {
    Gateway gateway = open(group, "popen");
    long pid = gateway.rinfo().block(PATIENCE).pid();
    signal("STOP", pid);
    try {
      awaitStandstill(gateway);
      assertThat(diagnose(gateway, SHORT).there())
          .contains("does not answer within 300 ms: it is stopped, or");
    } finally {
      signal("CONT", pid);
    }
    assertThat(diagnose(gateway, PATIENCE).isAnswered()).isTrue();
    gateway.kill().block(PATIENCE);
    assertThat(diagnose(gateway, PATIENCE).there())
        .isEqualTo("the gateway has ended, or was asked to");
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  /** It may take a moment until all of its threads stand still. */
  private static void awaitStandstill(Gateway gateway) {
    await().atMost(PATIENCE).until(() -> !diagnose(gateway, SHORT).isAnswered());
  }

  @Test
  void whoeverAskedWhenTheGatewayIsLostIsTold() throws Exception {
    Gateway gateway = open(group, "popen");
    long pid = gateway.rinfo().block(PATIENCE).pid();
    signal("STOP", pid);
    awaitStandstill(gateway);
    Mono<Diagnosis> asked = gateway.diagnose(PATIENCE).cache();
    asked.subscribe();
    gateway.flow().block(PATIENCE); // so the question is on its way
    signal("KILL", pid);

    assertThat(asked.block(PATIENCE).there()).isEqualTo("the gateway has ended, or was asked to");
  }

  @Test
  void answersWhereTheSchedulerOfTheGroupIsBlocked() {
    group.close();
    Scheduler one = Schedulers.newBoundedElastic(1, 1_000, "blocked");
    CountDownLatch release = new CountDownLatch(1);
    group = Group.create(OPTIONS.withScheduler(one));
    try {
      Gateway gateway = open(group, "popen");
      Channel channel = exec(gateway, "channel.send(1)\nchannel.receive()");
      AtomicBoolean blocked = new AtomicBoolean();
      channel
          .receive()
          .subscribe(
              item -> {
                blocked.set(true);
                Quietly.await(release);
              },
              error -> {});
      await().atMost(PATIENCE).untilTrue(blocked);

      assertTold(gateway, "gateway gw0: 1 channels are open", "is in receive on channel ");
    } finally {
      release.countDown();
      group.close();
      one.dispose();
    }
  }

  @Test
  void saysSoWhereTheEventLoopIsBlocked() {
    group.close();
    group = Group.create(OPTIONS.withScheduler(Schedulers.immediate()));
    Gateway gateway = open(group, "popen");
    AtomicBoolean blocked = new AtomicBoolean();
    AtomicBoolean release = new AtomicBoolean();
    gateway
        .flow() // which comes on the event loop then
        .subscribe(
            flow -> {
              blocked.set(true);
              while (!release.get()) {} // BlockHound would end any other wait
            });
    await().atMost(PATIENCE).untilTrue(blocked);
    Diagnosis diagnosis = diagnose(gateway, SHORT);
    release.set(true);

    assertThat(diagnosis.here()).isEmpty();
    assertThat(diagnosis.toString()).startsWith("gateway gw0: its event loop does not answer");
  }
}
