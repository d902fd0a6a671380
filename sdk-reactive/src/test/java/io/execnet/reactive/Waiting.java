package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** One of everything that can wait on a gateway. */
final class Waiting {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Goes on after a cancel, until its gateway has ended. */
  private static final String STUBBORN =
      """
      try:
          channel.send('begun')
          channel.receive()
      except KeyboardInterrupt:
          channel.gateway.newchannel().receive()
      """;

  private final Gateway gateway;
  private final Channel code;
  private final List<Ending> streams = new ArrayList<>();
  private final List<Ending> senders = new ArrayList<>();
  private Optional<Ending> canceller = Optional.empty();
  private final Ending output;
  private final Ending end;
  private final List<Object> said = new CopyOnWriteArrayList<>();
  private final CompletableFuture<@Nullable Throwable> blockedReceiver;
  private final CompletableFuture<@Nullable Throwable> blockedSender;
  private final AtomicBoolean sourceCancelled = new AtomicBoolean();
  private final AtomicBoolean exchangeCancelled = new AtomicBoolean();

  /** Runs the code of a fault up to where it is 'ready'. */
  Waiting(Gateway gateway, Fault fault) {
    this.gateway = gateway;
    this.code = gateway.remoteExec(fault.source()).open().blockOptional(PATIENCE).orElseThrow();
    Channel stalled = newChannel();
    Channel idle = newChannel();
    Channel third = newChannel();
    Channel fourth = newChannel();
    assertThat(code.receive().next().block(PATIENCE)).isEqualTo("ready");

    streams.add(Ending.of("receive of the code", code.receive().doOnNext(said::add)));
    streams.add(Ending.of("waitClose of the code", code.waitClose()));
    streams.add(Ending.of("receive", idle.receive()));
    streams.add(Ending.of("waitClose", stalled.waitClose()));
    AtomicBoolean exchangeBegun = new AtomicBoolean();
    Flux<Object> never =
        Flux.never()
            .doOnSubscribe(it -> exchangeBegun.set(true))
            .doOnCancel(() -> exchangeCancelled.set(true));
    streams.add(Ending.of("exchange", fourth.exchange(never, Object.class)));
    int waits = 7;
    if (!gateway.spec().execmodel().equals(Optional.of("main_thread_only"))) {
      canceller = Optional.of(Ending.of("cancel", stubborn().cancel()));
      waits++;
    }
    Flux<Integer> source = Flux.range(0, 1_000).doOnCancel(() -> sourceCancelled.set(true));
    senders.add(Ending.of("a source", stalled.send(source)));
    blockedReceiver = block("receive", () -> third.blocking().receive());
    awaitWaits(waits);
    await().atMost(PATIENCE).untilTrue(exchangeBegun);
    senders.add(Ending.of("an item", stalled.send(1)));
    blockedSender = block("send", () -> stalled.blocking().send(1));
    output = Ending.of("output", gateway.output());
    end = Ending.of("onEnd", gateway.onEnd());
  }

  private Channel newChannel() {
    Channel channel = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
    code.send(channel).block(PATIENCE);
    return channel;
  }

  private Channel stubborn() {
    Channel channel = gateway.remoteExec(STUBBORN).open().blockOptional(PATIENCE).orElseThrow();
    assertThat(channel.receive().next().block(PATIENCE)).isEqualTo("begun");
    return channel;
  }

  /** What that throws, which waits now. */
  static CompletableFuture<@Nullable Throwable> block(String name, ThrowingCallable call) {
    CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
    Thread thread = new Thread(() -> thrown.complete(catchThrowable(call)), "blocked " + name);
    thread.setDaemon(true);
    thread.start();
    await().atMost(PATIENCE).until(() -> thread.getState() == Thread.State.WAITING);
    return thrown;
  }

  private void awaitWaits(int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> gateway.flow().blockOptional(PATIENCE).orElseThrow().channels().stream(),
            channels -> channels.mapToInt(channel -> channel.waits().size()).sum() >= count);
  }

  private Stream<Ending> all() {
    return Stream.of(streams.stream(), senders.stream(), canceller.stream(), Stream.of(output, end))
        .flatMap(endings -> endings);
  }

  /** Lets the code go on. */
  void go() {
    code.send("go").block(PATIENCE);
  }

  /** Waits until the code says that. */
  void hears(String word) {
    await().atMost(PATIENCE).until(() -> said.contains(word));
  }

  /** Nobody has ended, nor does the code. */
  void goesOn() {
    go();
    hears("well");
    assertThat(all()).noneMatch(Ending::hasEnded);
    assertThat(blockedReceiver).isNotDone();
    assertThat(blockedSender).isNotDone();
  }

  /**
   * Waits until all have ended, and sees that each did once.
   *
   * @return the error that all streams ended with
   */
  Throwable hasEnded() {
    Throwable first = Objects.requireNonNull(streams.get(0).error(PATIENCE));
    for (Ending stream : streams) {
      assertThat(stream.error(PATIENCE)).as(stream.toString()).isSameAs(first);
    }
    for (Ending sender : senders) {
      assertThat(sender.error(PATIENCE)).as(sender.toString()).hasMessageContaining("is closed");
    }
    assertThat(blockedReceiver).succeedsWithin(PATIENCE).isSameAs(first);
    assertThat(blockedSender.orTimeout(30, TimeUnit.SECONDS).join())
        .hasMessageContaining("is closed");
    await().atMost(PATIENCE).untilTrue(sourceCancelled);
    await().atMost(PATIENCE).untilTrue(exchangeCancelled);
    canceller.ifPresent(cancel -> assertThat(cancel.error(PATIENCE)).isNull());
    assertThat(output.error(PATIENCE)).isNull();
    assertThat(end.error(PATIENCE)).isSameAs(first instanceof GatewayLostException ? first : null);
    all().forEach(Ending::endedOnce);
    return first;
  }
}
