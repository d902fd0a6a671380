package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.LoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Demand as far as the transport carries it: who does not request, is not sent without bound. */
class DemandIT extends OwnGroup {

  /** Sends blocks of 10,000 bytes for ever and keeps their number in a file. */
  private static final String FLOOD =
      """
      def run(channel, log):
          sent = 0
          while True:
              channel.send(bytes(10000))
              sent += 1
              with open(log, 'w') as f:
                  f.write(str(sent))
      """;

  DemandIT() {
    super(GroupOptions.defaults().withReceiveBuffer(16, 1 << 20));
  }

  @TempDir Path folder;

  private static long read(Path log) {
    try {
      String text = Files.exists(log) ? Files.readString(log) : "";
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"popen", "popen//io=pipe"})
  void aSubscriberThatStopsRequestingStopsTheRemoteLoop(String spec) {
    Path log = folder.resolve("sent");
    Flux<Object> flood =
        open(spec).remoteExec(FLOOD).function("run", Map.of("log", log.toString())).receive();

    StepVerifier.create(flood, 0)
        .thenRequest(10)
        .expectNextCount(10)
        .then(
            () ->
                await()
                    .atMost(PATIENCE)
                    .during(Duration.ofMillis(300))
                    .until(() -> read(log), new Unchanged()::matches))
        // The buffer, and what a socket and its two ends hold, which is well below 4 MB.
        .then(() -> assertThat(read(log)).isBetween(10L, 400L))
        .thenRequest(1000)
        .expectNextCount(1000)
        .thenCancel()
        .verify(PATIENCE);
  }

  /** Whether a number is what it was when this was first asked since it last changed. */
  private static final class Unchanged {
    private final AtomicLong last = new AtomicLong(-1);

    boolean matches(long value) {
      return last.getAndSet(value) == value;
    }
  }

  @Test
  void aSourceIsRequestedNoFasterThanTheRemoteSideReads() {
    Channel channel =
        open("popen")
            .remoteExec("channel.gateway.newchannel()\nimport time\ntime.sleep(1000)")
            .open()
            .block(PATIENCE);
    // Its worker queues what nobody receives, as execnet does, so the other side must not read at
    // all to be slow: it is stopped.
    long pid = group.gateways().get(0).rinfo().block(PATIENCE).pid();
    signal("STOP", pid);
    try {
      AtomicLong requested = new AtomicLong();
      byte[] block = new byte[10_000];
      var sending =
          channel
              .send(
                  Flux.<Object>generate(sink -> sink.next(block))
                      .doOnNext(item -> requested.incrementAndGet()))
              .subscribe();
      await()
          .atMost(PATIENCE)
          .during(Duration.ofMillis(300))
          .until(requested::get, new Unchanged()::matches);
      assertThat(requested.get()).isBetween(1L, 400L);
      sending.dispose();
    } finally {
      signal("CONT", pid);
    }
  }

  private static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aBlockedSubscriberStallsNoOtherGateway() {
    CountDownLatch release = new CountDownLatch(1);
    try {
      Gateway blocked = open("popen");
      // More than Reactor's own scheduler for such work has threads.
      for (int i = 0; i < 10 * Runtime.getRuntime().availableProcessors() + 5; i++) {
        blocked
            .remoteExec("channel.send(1)")
            .receive()
            .subscribe(
                item -> {
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
      }
      StepVerifier.create(open("popen").remoteExec("channel.send(2)").receive())
          .expectNext(2L)
          .expectComplete()
          .verify(PATIENCE);
    } finally {
      release.countDown();
    }
  }

  @Test
  void waitingForTheEndOfCodeWhoseItemsNobodyReceivesFailsRatherThanHangs() {
    Channel channel =
        open("popen").remoteExec("for i in range(100000): channel.send(i)").open().block(PATIENCE);

    StepVerifier.create(channel.waitClose())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("nobody receives"))
        .verify(PATIENCE);
    // Once somebody receives, it goes on.
    StepVerifier.create(channel.receive().count())
        .expectNext(100000L)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void cancellingInterruptsTheRemoteLoop() {
    Gateway gateway = open("popen");
    Path log = folder.resolve("end");
    StepVerifier.create(
            gateway
                .remoteExec(
                    """
                    def run(channel, log):
                        try:
                            while True:
                                channel.send(0)
                        except channel.Cancelled:
                            open(log, 'w').write('1')
                    """)
                .function("run", Map.of("log", log.toString()))
                .receive()
                .take(5))
        .expectNextCount(5)
        .expectComplete()
        .verify(PATIENCE);

    await().atMost(PATIENCE).until(() -> read(log) == 1);
    await()
        .atMost(PATIENCE)
        .until(() -> gateway.remoteStatus().block(PATIENCE).numexecuting() == 0);
  }

  @Test
  void aForgottenChannelIsClosed() {
    Gateway gateway = open("popen");
    Channel observer =
        gateway
            .remoteExec(
                """
                inner = channel.receive()
                channel.send('have it')
                try:
                    inner.receive()
                except EOFError:
                    channel.send('closed')
                """)
            .open()
            .block(PATIENCE);
    observer.send(gateway.newChannel().block(PATIENCE)).block(PATIENCE);
    assertThat(observer.receive().blockFirst(PATIENCE)).isEqualTo("have it");

    var closed = observer.receive().next().toFuture();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              System.gc();
              return closed.isDone();
            });
    assertThat(closed).isCompletedWithValue("closed");
  }

  @Test
  void tenThousandChannelsAtOnce() {
    Gateway gateway = open("popen");
    int count = 10_000;
    Channel control =
        gateway
            .remoteExec(
                """
                def answer(inner):
                    return lambda item: inner.send(item + 1)
                for inner in channel:
                    inner.setcallback(answer(inner))
                channel.send('ready')
                """)
            .open()
            .block(PATIENCE);
    var channels =
        Flux.range(0, count).concatMap(each -> gateway.newChannel()).collectList().block(PATIENCE);
    control.send(Flux.fromIterable(channels)).then(control.halfClose()).block(PATIENCE);
    StepVerifier.create(control.receive()).expectNext("ready").expectComplete().verify(PATIENCE);

    Long sum =
        Flux.fromIterable(channels)
            .index()
            .flatMap(
                each ->
                    each.getT2().send(each.getT1()).then(each.getT2().receive(Long.class).next()),
                256)
            .reduce(0L, Long::sum)
            .block(PATIENCE);

    assertThat(sum).isEqualTo((long) count * (count + 1) / 2);
    assertThat(gateway.remoteStatus().block(PATIENCE).numchannels()).isGreaterThanOrEqualTo(count);
    Flux.fromIterable(channels).flatMap(Channel::close, 256).blockLast(PATIENCE);
    await().atMost(PATIENCE).until(() -> gateway.remoteStatus().block(PATIENCE).numchannels() < 10);
  }

  @Test
  void anItemThatDoesNotFitItsTypeEndsTheRemoteLoopToo() {
    Gateway gateway = open("popen");

    StepVerifier.create(
            gateway.remoteExec("while True: channel.send('x' * 1000)").receive(Long.class))
        .expectError(LoadException.class)
        .verify(PATIENCE);
    StepVerifier.create(gateway.remoteExec("channel.send(1)").receive())
        .expectNext(1L)
        .expectComplete()
        .verify(PATIENCE);
    await()
        .atMost(PATIENCE)
        .until(() -> gateway.remoteStatus().block(PATIENCE).numexecuting() == 0);
  }

  @Test
  void waitingForTheEndFailsTooWhenWhoReceivedHasLeft() {
    Channel channel =
        open("popen").remoteExec("for i in range(100000): channel.send(i)").open().block(PATIENCE);

    StepVerifier.create(channel.waitClose())
        .expectSubscription()
        .then(() -> channel.receive().take(3).blockLast(PATIENCE))
        .expectError(IllegalStateException.class)
        .verify(PATIENCE);
  }

  @Test
  void aForgottenBlockingChannelIsClosed() throws Exception {
    Gateway gateway = open("popen");
    assertThat(
            gateway
                .remoteExec("channel.send(1)\nchannel.receive()")
                .open()
                .block(PATIENCE)
                .blocking()
                .receive())
        .contains(1L);

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              System.gc();
              return gateway.remoteStatus().block(PATIENCE).numexecuting() == 0;
            });
  }
}
