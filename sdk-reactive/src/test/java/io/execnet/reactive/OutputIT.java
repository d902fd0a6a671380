package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import io.execnet.transport.OutputLine;
import io.execnet.transport.OutputLine.Stream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What remote code prints, on streams of its own and in frames, on every kind of our workers. */
@ParameterizedClass
@MethodSource("io.execnet.reactive.Worker#printing")
class OutputIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String FLOOD =
      """
      import os
      for i in range(400):
          os.write(1, (b'%07d\\n' % i) + b'x' * 8191 + b'\\n')
      channel.send('printed')
      """;

  /** Says when nobody has taken anything for a moment, and then goes on. */
  private static final String FLOOD_THAT_TELLS =
      """
      import os, select
      line, stuck = b'x' * 4095 + b'\\n', False
      for i in range(1024):
          if not stuck and not select.select([], [%d], [], 0.5)[1]:
              stuck = True
              channel.send('stuck')
          os.write(%d, line)
      channel.send('printed')
      """;

  @Parameter Worker worker;

  /** Of standard output alone: a library may have warnings for the other stream. */
  private final List<OutputLine> lines = new CopyOnWriteArrayList<>();

  private final Group group =
      Group.create(
          GroupOptions.defaults()
              .withOutput(this::consume)
              .withStallThreshold(Duration.ofMillis(100)));
  private final Logged log = new Logged();

  @AfterEach
  void close() {
    group.close();
    log.close();
  }

  private void consume(OutputLine line) {
    if (line.stream() == Stream.STDOUT) {
      lines.add(line);
    }
  }

  private Gateway open() {
    return worker.open(group);
  }

  private static void run(Gateway gateway, String source) {
    gateway.remoteExec(source).run().block(PATIENCE);
  }

  private static Mono<List<String>> texts(Gateway gateway, Stream stream) {
    Mono<List<String>> texts = gateway.output(stream).map(OutputLine::text).collectList().cache();
    texts.subscribe();
    return texts;
  }

  @Test
  void whoeverPrintsIsHeardByAllUntilTheGatewayHasEnded() {
    Gateway gateway = open();
    Mono<List<String>> printed = texts(gateway, Stream.STDOUT);
    Mono<List<String>> again = texts(gateway, Stream.STDOUT);
    Mono<List<String>> errors = texts(gateway, Stream.STDERR);

    run(
        gateway,
        """
        import os, sys
        print('caf\\xe9')
        os.write(1, b'raw\\n')
        os.system('echo child')
        sys.stderr.write('oops\\n')
        print('last', end='')
        """);
    gateway.exit().block(PATIENCE);

    List<String> expected = List.of("caf\u00e9", "raw", "child", "last");
    assertThat(lines)
        .allMatch(line -> line.gatewayId().equals(gateway.id()))
        .extracting(OutputLine::text)
        .isEqualTo(expected);
    assertThat(printed.block(PATIENCE)).isEqualTo(expected);
    assertThat(again.block(PATIENCE)).isEqualTo(expected);
    assertThat(errors.block(PATIENCE)).contains("oops");
    StepVerifier.create(gateway.output()).expectComplete().verify(PATIENCE);
  }

  @Test
  void aSubscriberWhoRequestsNothingBlocksThePrinterAndNobodyElse() {
    Gateway gateway = open();
    AtomicBoolean printed = new AtomicBoolean();
    StepVerifier.create(gateway.output(Stream.STDOUT), 0)
        .then(
            () ->
                gateway
                    .remoteExec(FLOOD)
                    .receive()
                    .subscribe(item -> printed.set(true), error -> {}))
        .then(() -> await().atMost(PATIENCE).until(() -> lines.size() > 0))
        .then(
            () -> {
              if (!gateway.spec().has("execmodel")) { // others have one thread only
                assertThat(square(gateway)).isEqualTo(9L);
                assertThat(gateway.remoteStatus().block(PATIENCE).numexecuting()).isEqualTo(1);
              }
              assertThat(printed).isFalse();
              awaitPrinter(gateway, Stream.STDOUT);
              assertThat(lines).hasSizeLessThanOrEqualTo(OutputSubscriber.BUFFERED_LINES + 1);
            })
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(800)
        .thenCancel()
        .verify(PATIENCE);
    await().atMost(PATIENCE).untilTrue(printed);
    await().atMost(PATIENCE).until(() -> !log.lines("INFO", "stdout: it is over that").isEmpty());
  }

  /** It is told that the worker can't print there, by who is asked and by the log. */
  private void awaitPrinter(Gateway gateway, Stream stream) {
    AtomicReference<OutputFlow> found = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              gateway.flow().block(PATIENCE).outputs().stream()
                  .filter(each -> each.stream() == stream && !each.waits().isEmpty())
                  .forEach(found::set);
              return found.get() != null;
            });
    OutputFlow flow = found.get();
    assertThat(flow.heldBytes()).isPositive();
    assertThat(flow.waits()).extracting(Wait::waiter).containsExactly(Waiter.PRINTER);
    String name = stream.name().toLowerCase(Locale.ROOT);
    await().atMost(PATIENCE).until(() -> !log.lines("WARN", name, "a print there").isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatNobodyTakesHoldsUpNothingElseOfItsGateway(Stream stream) {
    Gateway gateway = open();
    int fd = stream == Stream.STDOUT ? 1 : 2;
    List<Object> told = new CopyOnWriteArrayList<>();
    Flux<String> printed =
        gateway.output(stream).map(OutputLine::text).filter(text -> text.startsWith("xxx"));
    StepVerifier.create(printed, 0)
        .then(
            () -> {
              String source = FLOOD_THAT_TELLS.formatted(fd, fd);
              gateway.remoteExec(source).receive().subscribe(told::add, error -> {});
              await().atMost(PATIENCE).until(() -> !told.isEmpty());
              assertThat(told).containsExactly("stuck");
              awaitPrinter(gateway, stream);
              if (!gateway.spec().has("execmodel")) { // others have one thread only
                assertThat(square(gateway)).isEqualTo(9L);
                assertThat(gateway.rinfo().block(PATIENCE).pid()).isPositive();
                assertThat(gateway.remoteStatus().block(PATIENCE).numexecuting()).isEqualTo(1);
              }
            })
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(1024)
        .thenCancel()
        .verify(PATIENCE);
    await().atMost(PATIENCE).until(() -> told.contains("printed"));
  }

  private static Object square(Gateway gateway) {
    return gateway
        .remoteExec("channel.send(channel.receive() ** 2)")
        .exchange(Mono.just(3), Object.class)
        .blockLast(PATIENCE);
  }

  @Test
  void aSubscriberWhoLeavesHoldsUpNobody() {
    Gateway gateway = open();
    CountDownLatch blocking = new CountDownLatch(1);
    Disposable subscription =
        gateway
            .output(Stream.STDOUT)
            .subscribe(
                line -> {
                  blocking.countDown();
                  awaitForever();
                });
    Mono<Object> printed = gateway.remoteExec(FLOOD).receive().last().cache();
    printed.subscribe();
    await().atMost(PATIENCE).until(() -> blocking.getCount() == 0);
    subscription.dispose();

    assertThat(printed.block(PATIENCE)).isEqualTo("printed");
    await().atMost(PATIENCE).until(() -> lines.size() == 800);
  }

  private static void awaitForever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatAWorkerPrintedThatThenDiesArrivesAndItsStreamCompletes() {
    Gateway gateway = open();
    Mono<List<String>> printed = texts(gateway, Stream.STDOUT);
    Channel channel =
        gateway
            .remoteExec("import os\nprint('first')\nchannel.receive()\nos.kill(os.getpid(), 9)")
            .open()
            .block(PATIENCE);
    await().atMost(PATIENCE).until(() -> !lines.isEmpty());
    channel.send(Mono.just(1)).subscribe(nothing -> {}, error -> {});

    StepVerifier.create(gateway.onEnd()).expectError(GatewayLostException.class).verify(PATIENCE);
    assertThat(printed.block(PATIENCE)).containsExactly("first");
  }

  @Test
  void aFloodThatNobodyTakesDoesNotKeepAGatewayFromExiting() {
    Gateway gateway = open();
    AtomicLong seen = new AtomicLong();
    StepVerifier.create(gateway.output(Stream.STDOUT).doOnNext(l -> seen.incrementAndGet()), 1)
        .then(() -> gateway.remoteExec(FLOOD).run().subscribe(nothing -> {}, error -> {}))
        .expectNextCount(1)
        .then(() -> assertThat(gateway.exit().block(PATIENCE)).isNotNull())
        .thenRequest(Long.MAX_VALUE)
        .thenConsumeWhile(line -> true)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(seen.get()).isGreaterThan(1);
  }
}
