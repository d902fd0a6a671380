package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.RemoteException;
import io.execnet.testing.Leftovers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * What ends on a worker that lives on, over every transport, leaves nothing at either end. For
 * those that end with their worker see {@link FaultMatrixIT}.
 */
@Timeout(120)
@MethodSource("io.execnet.reactive.Worker#everywhere")
class EndsIT extends WorkerScenarios {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final String SLEEP = "import time\nwhile True: time.sleep(0.01)";

  private FarSide far;
  private Leftovers before;

  @BeforeEach
  void takeStock() {
    far = FarSide.of(gateway);
    before = Leftovers.now();
  }

  @AfterEach
  void nothingIsLeft() {
    far.awaitAsBefore();
    before.awaitNoMore();
  }

  private Channel exec(String source) {
    return gateway.remoteExec(source).open().blockOptional(PATIENCE).orElseThrow();
  }

  @Test
  void aTimeoutOfAReceiverInterruptsTheCode() {
    StepVerifier.create(gateway.remoteExec(SLEEP).receive().timeout(SHORT))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
    StepVerifier.create(gateway.remoteExec(SLEEP).run().timeout(SHORT))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
  }

  @Test
  void aTimeoutOfASenderCancelsItsSource() {
    Channel channel = exec(SLEEP);
    AtomicBoolean cancelled = new AtomicBoolean();
    Flux<Integer> source = Flux.range(0, 1_000_000).doOnCancel(() -> cancelled.set(true));
    StepVerifier.create(channel.send(source).timeout(stalled()))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
    await().atMost(PATIENCE).untilTrue(cancelled);

    StepVerifier.create(channel.send(1).timeout(SHORT))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
    channel.cancel().block(PATIENCE);
  }

  /** Completes when somebody can't send. */
  private Mono<GatewayFlow> stalled() {
    return gateway
        .flow()
        .filter(
            flow ->
                flow.channels().stream()
                    .flatMap(channel -> channel.waits().stream())
                    .anyMatch(wait -> wait.waiter() == Waiter.SENDER))
        .repeatWhenEmpty(tries -> tries.delayElements(Duration.ofMillis(10)));
  }

  @Test
  void aTimeoutOfWhatOpensStopsTheStart() {
    try (Group group = Group.create()) {
      worker.openHops(group);
      for (long millis : List.of(1, 60)) {
        Mono<Gateway> opening = group.makeGateway(worker.spec().get());
        opening
            .timeout(Duration.ofMillis(millis))
            .onErrorComplete(TimeoutException.class)
            .block(PATIENCE);
      }
    }
  }

  @Test
  void aSubscriberThatLeavesInterruptsTheCode() {
    StepVerifier.create(
            gateway
                .remoteExec("import itertools\nfor i in itertools.count(): channel.send(i)")
                .receive()
                .take(3))
        .expectNextCount(3)
        .expectComplete()
        .verify(PATIENCE);
  }

  /** Has all wait on a channel whose code goes on when it is told, and ends them. */
  private void endsAllWhoWait(
      BiConsumer<Channel, Channel> end, Consumer<@Nullable Throwable> check) {
    Ending gatewayEnd = Ending.of("onEnd", gateway.onEnd());
    for (ChannelWaiting.Receiver receiver : ChannelWaiting.Receiver.values()) {
      Channel channel =
          exec(
              """
              told = channel.gateway.newchannel()
              channel.send(told)
              told.receive()
              raise ValueError('no such thing')
              """);
      Channel told = channel.receive(Channel.class).next().blockOptional(PATIENCE).orElseThrow();
      ChannelWaiting waiting = new ChannelWaiting(channel, receiver);

      end.accept(channel, told);

      assertThat(waiting.hasEnded()).as(receiver.toString()).satisfies(check::accept);
      told.close().block(PATIENCE);
    }
    assertThat(gatewayEnd.hasEnded()).isFalse();
  }

  @Test
  void anErrorOfTheCodeEndsAllWhoWaitOnItsChannelOnce() {
    endsAllWhoWait(
        (channel, told) -> told.send(1).block(PATIENCE),
        error ->
            assertThat(error)
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("ValueError: no such thing"));
  }

  @Test
  void aCloseEndsAllWhoWaitOnTheChannelOnce() {
    endsAllWhoWait(
        (channel, told) -> channel.close().block(PATIENCE), error -> assertThat(error).isNull());
  }

  @Test
  void aCancelEndsAllWhoWaitOnTheChannelOnce() {
    endsAllWhoWait(
        (channel, told) -> channel.cancel().block(PATIENCE),
        error ->
            assertThat(error)
                .isInstanceOfSatisfying(
                    RemoteException.class,
                    remote -> assertThat(remote.remoteText()).contains("Cancelled")));
  }
}
