package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;

/** Workers that don't do what they are told, or nothing at all. */
@Timeout(120)
class StuckWorkerIT extends OwnGroup {

  private static final Duration SHORT = Duration.ofMillis(300);

  private static final String STUBBORN =
      """
      import time
      channel.send('begun')
      while True:
          try:
              time.sleep(600)
          except KeyboardInterrupt:
              pass
      """;

  private static Channel begin(Gateway gateway, RemoteExec exec) {
    Channel channel = exec.open().blockOptional(PATIENCE).orElseThrow();
    assertThat(channel.receive().next().block(PATIENCE)).isEqualTo("begun");
    return channel;
  }

  @Test
  void codeThatGoesOnAfterACancelGetsItsWorkerKilledWhereThatIsAskedFor() {
    Gateway gateway = open("popen");
    Channel other = gateway.remoteExec("channel.receive()").open().block(PATIENCE);
    Channel channel = begin(gateway, gateway.remoteExec(STUBBORN).killAfter(SHORT));
    channel.cancel().block(PATIENCE);

    StepVerifier.create(other.waitClose())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(GatewayLostException.class)
                    .hasMessageContaining(
                        "killed, since the code on channel "
                            + channel.id()
                            + " still ran 300 ms after it was cancelled"))
        .verify(PATIENCE);
    assertThat(gateway.isOpen()).isFalse();
  }

  @Test
  void aCancelledSubscriberHasItKilledToo() {
    Gateway gateway = open("popen");
    gateway.remoteExec(STUBBORN).killAfter(SHORT).receive().next().block(PATIENCE);

    assertThatExceptionOfType(GatewayLostException.class)
        .isThrownBy(() -> gateway.onEnd().block(PATIENCE));
  }

  @ParameterizedTest
  @MethodSource("io.execnet.reactive.Worker#onePerTransportAlone")
  void codeThatNothingInterruptsEndsWithItsWorker(Worker worker) throws Exception {
    Gateway gateway = worker.open(group);
    long pid = gateway.rinfo().block(PATIENCE).pid();
    String keeping =
        """
        import itertools
        channel.send('begun')
        try:
            channel.receive()
        finally:
            sum(itertools.count())
        """;
    begin(gateway, gateway.remoteExec(keeping).killAfter(SHORT)).cancel().block(PATIENCE);

    assertKilled(gateway);
    awaitEnd(worker, pid);
  }

  /** Waits until it has been killed; behind a socket there is no way to, so this does it. */
  private static void awaitEnd(Worker worker, long pid) throws Exception {
    if (!worker.tellsHowItEnds()) {
      new ProcessBuilder("kill", "-KILL", String.valueOf(pid)).start().waitFor();
    }
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  private static void assertKilled(Gateway gateway) {
    assertThatExceptionOfType(GatewayLostException.class)
        .isThrownBy(() -> gateway.onEnd().block(PATIENCE))
        .withMessageContaining("still ran 300 ms after it was cancelled");
  }

  @Test
  void soDoesCodeThatWaitsForALockInAThread() {
    Gateway gateway = open("popen");
    begin(gateway, gateway.remoteExec("channel.send('begun')\nchannel.receive()"));
    String locked =
        """
        import _thread
        lock = _thread.allocate_lock()
        lock.acquire()
        channel.send('begun')
        lock.acquire()
        """;
    begin(gateway, gateway.remoteExec(locked).killAfter(SHORT)).cancel().block(PATIENCE);

    assertKilled(gateway);
  }

  @Test
  void ofManyWorkersThoseAreKilledWhoseCodeGoesOn() {
    open("popen//id=good");
    open("popen//id=stubborn");
    String good = "if channel.gateway.id.startswith('good'): channel.send(1); channel.receive()\n";
    MultiChannel channels =
        group
            .remoteExec(good + STUBBORN)
            .killAfter(SHORT)
            .open()
            .blockOptional(PATIENCE)
            .orElseThrow();
    channels.receiveEach().blockLast(PATIENCE);
    channels.cancel().block(PATIENCE);

    assertKilled(channels.channel(1).gateway());
    assertThat(group.gateways()).extracting(Gateway::id).containsExactly("good");
    assertThat(group.gateway(0).remoteStatus().block(PATIENCE).numexecuting()).isZero();
  }

  @Test
  void inAProcessThatOthersShareItGoesOnWithoutItsChannel() {
    String reading =
        """
        import os, threading
        state = channel.gateway.service
        state['ended'] = threading.Event()
        r, state['w'] = os.pipe()
        try:
            channel.send('begun')
            os.read(r, 1)
        finally:
            state['ended'].set()
        """;
    Gateway gateway = open(SharedService.spec());
    begin(gateway, gateway.remoteExec(reading).killAfter(SHORT)).cancel().block(PATIENCE);

    assertKilled(gateway);
    String another =
        """
        import os
        state = channel.gateway.service
        channel.send(state['ended'].is_set())
        os.write(state['w'], b'x')
        channel.send(state['ended'].wait(60))
        """;
    assertThat(
            open(SharedService.spec()).remoteExec(another).receive().collectList().block(PATIENCE))
        .containsExactly(false, true);
  }

  @Test
  void codeThatEndsInTimeHasNothingKilled() {
    Gateway gateway = open("popen");
    String code = "channel.send('begun')\nchannel.receive()";
    begin(gateway, gateway.remoteExec(code).killAfter(PATIENCE)).cancel().block(PATIENCE);

    assertThat(gateway.remoteExec("channel.send(1)").receive().single().block(PATIENCE))
        .isEqualTo(1L);
  }

  @Test
  void timesBelowZeroAreRefused() {
    Gateway gateway = open("popen");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gateway.remoteExec("pass").killAfter(Duration.ofMillis(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> group.remoteExec("pass").killAfter(Duration.ofMillis(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.defaults().withPing(Duration.ofMillis(-1)));
  }

  private void pinging() {
    groupWith(GroupOptions.defaults().withPing(Duration.ofSeconds(1)));
  }

  /** What it does is done when it has said that it begins: what is not written then stays there. */
  private static void assertNoticed(Gateway gateway, String source) {
    String begun = "channel.send('begun')\nchannel.receive()\n";
    begin(gateway, gateway.remoteExec(begun + source)).send("go").block(PATIENCE);

    assertThatExceptionOfType(GatewayLostException.class)
        .isThrownBy(() -> gateway.onEnd().block(PATIENCE))
        .withMessageContaining("has not answered")
        .withMessageContaining("keeps all others from running");
  }

  @ParameterizedTest
  @MethodSource("io.execnet.reactive.Worker#onePerTransportAlone")
  void aWorkerWhoseCodeKeepsTheInterpreterIsNoticedWhereItIsAsked(Worker worker) throws Exception {
    pinging();
    Gateway gateway = worker.open(group);
    long pid = gateway.rinfo().block(PATIENCE).pid();
    assertNoticed(gateway, "import re\nre.match('(a*)*b', 'a' * 60)");
    awaitEnd(worker, pid);
  }

  @Test
  void aWorkerIsNoticedWhoseAnswersAreTakenForWhatAFrameHolds() {
    pinging();
    assertNoticed(
        open("popen"),
        """
        import struct
        channel.gateway._stream.write_all([struct.pack('!Bii', 4, channel.id, 1000000)])
        channel.receive()
        """);
  }

  @Test
  void aFrameThatTakesLongToArriveIsASignOfLife() {
    pinging();
    Gateway gateway = open("popen");
    String slow =
        """
        import struct, time
        stream, lock = channel.gateway._stream, channel.gateway._outbox._lock
        lock.acquire()  # no answer comes between
        stream.write_all([struct.pack('!BiiBi', 4, channel.id, 1006, ord('N'), 1000)])
        for i in range(25):
            time.sleep(0.1)
            stream.write_all([b'x' * 40])
        stream.write_all([b'Q'])
        lock.release()
        """;

    assertThat(gateway.remoteExec(slow).receive().single().block(PATIENCE))
        .isEqualTo("x".repeat(1000));
  }

  @Test
  void aBusyWorkerAnswers() {
    pinging();
    Gateway gateway = open("popen");
    String busy =
        """
        import time
        end = time.monotonic() + 3
        while time.monotonic() < end: pass
        channel.send('done')
        """;

    assertThat(gateway.remoteExec(busy).receive().single().block(PATIENCE)).isEqualTo("done");
  }
}
