package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import io.execnet.transport.OutputLine;
import io.execnet.transport.OutputLine.Stream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
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

  @Parameter Worker worker;

  /** Of standard output alone: a library may have warnings for the other stream. */
  private final List<OutputLine> lines = new CopyOnWriteArrayList<>();

  private final Group group = Group.create(GroupOptions.defaults().withOutput(this::consume));

  @AfterEach
  void close() {
    group.close();
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
              assertThat(lines).hasSizeLessThanOrEqualTo(OutputSubscriber.BUFFERED_LINES + 1);
            })
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(800)
        .thenCancel()
        .verify(PATIENCE);
    await().atMost(PATIENCE).untilTrue(printed);
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
