package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.LoadException;
import io.execnet.core.RemoteException;
import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What arrives on several channels as one stream. */
class ChannelMergeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<DefaultChannel> channels = channels(Schedulers.immediate());
  private final MultiChannel all = MultiChannel.of(channels);

  /** Three channels, each of a gateway of its own. */
  private static List<DefaultChannel> channels(Scheduler scheduler) {
    return IntStream.range(0, 3)
        .mapToObj(
            index ->
                new DefaultGateway(
                    "gw" + index,
                    XSpec.parse("popen"),
                    GroupOptions.defaults().withScheduler(scheduler),
                    new OutputHub(GroupOptions.defaults()),
                    new FakeConnection(),
                    () -> {}))
        .peek(DefaultGateway::start)
        .map(gateway -> (DefaultChannel) gateway.newChannel().blockOptional().orElseThrow())
        .toList();
  }

  private void arrive(int channel, Object... items) {
    for (Object item : items) {
      channels.get(channel).queue().offer(item, 10);
    }
  }

  private Flux<String> received() {
    return all.receive().map(ChannelMergeTest::text);
  }

  private static String text(ChannelEvent<?> event) {
    String gateway = event.channel().gateway().id();
    return event instanceof ChannelEvent.Item<?> item
        ? gateway + ": " + item.item()
        : gateway + " ended: " + ((ChannelEvent.End<?>) event).error();
  }

  @Test
  void channelsThatHaveItemsTakeTurns() {
    arrive(0, 1, 2, 3, 4);
    arrive(1, 1, 2);

    StepVerifier.create(received())
        .expectNext("gw0: 1", "gw1: 1", "gw0: 2", "gw1: 2", "gw0: 3")
        .expectNext("gw0: 4")
        .then(() -> arrive(2, 1))
        .expectNext("gw2: 1")
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void nothingIsTakenThatWasNotRequestedSoACancelLosesNothing() {
    arrive(0, 1, 2, 3);
    arrive(1, 1, 2);

    StepVerifier.create(received(), 0)
        .expectSubscription()
        .thenRequest(1)
        .expectNext("gw0: 1")
        .thenRequest(2)
        .expectNext("gw1: 1", "gw0: 2")
        .thenCancel()
        .verify(PATIENCE);

    StepVerifier.create(channels.get(0).receive().take(1)).expectNext(3).verifyComplete();
    StepVerifier.create(received().take(1)).expectNext("gw1: 2").verifyComplete();
  }

  @Test
  void theFirstErrorInOrderComesAfterAllHaveEnded() {
    channels.get(2).queue().end(new RemoteException("third"));
    channels.get(1).queue().end(new RemoteException("second"));
    arrive(0, 1);

    StepVerifier.create(received())
        .expectNext("gw0: 1")
        .then(() -> arrive(0, 2))
        .expectNext("gw0: 2")
        .then(() -> channels.get(0).queue().end(null))
        .expectErrorMessage("second")
        .verify(PATIENCE);
  }

  @Test
  void theEndsAreEventsForWhoWantsThem() {
    arrive(0, 1);
    channels.get(0).queue().end(null);
    channels.get(1).queue().end(new RemoteException("ValueError: x"));

    StepVerifier.create(all.events(Integer.class).map(ChannelMergeTest::text), 0)
        .thenRequest(2)
        .expectNext("gw0: 1", "gw1 ended: io.execnet.core.RemoteException: ValueError: x")
        .thenRequest(1)
        .expectNext("gw0 ended: null")
        .then(() -> channels.get(2).queue().end(null))
        .thenRequest(1)
        .expectNext("gw2 ended: null")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void theEndOfAllNeedsNoDemand() {
    arrive(0, 1);

    StepVerifier.create(received(), 1)
        .expectNext("gw0: 1")
        .then(() -> channels.forEach(channel -> channel.queue().end(null)))
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aChannelThatHasAReceiverIsRefusedAndTheOthersStayFree() {
    channels.get(1).receive().subscribe();

    StepVerifier.create(received()).verifyErrorMessage(channels.get(1) + " has a receiver already");
    arrive(0, 1);
    StepVerifier.create(channels.get(0).receive().take(1)).expectNext(1).verifyComplete();
  }

  @Test
  void oneItemOfEachInOrderLeavesTheOthers() {
    arrive(2, 1);
    arrive(1, 1, 2);

    StepVerifier.create(all.receiveEachWithChannel(Integer.class).map(ChannelMergeTest::text))
        .then(() -> arrive(0, 1))
        .expectNext("gw0: 1", "gw1: 1", "gw2: 1")
        .verifyComplete();
    channels.get(0).queue().end(null);
    StepVerifier.create(all.receiveEach())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(ChannelClosedException.class)
                    .hasMessage(channels.get(0) + " ended without an item"))
        .verify(PATIENCE);
    StepVerifier.create(channels.get(1).receive().take(1)).expectNext(2).verifyComplete();
  }

  @Test
  void anItemOfAnotherTypeIsAnErrorAtOnce() {
    arrive(0, "text");

    StepVerifier.create(all.receive(Integer.class))
        .expectError(LoadException.class)
        .verify(PATIENCE);
  }

  @Test
  void noChannelsAreAtTheirEnd() {
    MultiChannel none = MultiChannel.of(List.of());

    StepVerifier.create(none.receive()).verifyComplete();
    StepVerifier.create(none.waitClose()).verifyComplete();
    StepVerifier.create(none.sendEach(1)).verifyComplete();
  }

  @Test
  void manySubscribersOneAfterTheOtherGetEveryItemOnceAndInOrder() {
    int items = 20_000;
    List<DefaultChannel> busy = channels(GroupOptions.defaults().scheduler());
    List<CompletableFuture<Void>> senders =
        busy.stream()
            .map(
                channel ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i = 0; i < items; i++) {
                            channel.queue().offer(i, 1);
                          }
                        },
                        task -> new Thread(task, "sender").start()))
            .toList();
    List<List<Object>> received = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    MultiChannel merged = MultiChannel.of(busy);
    int total = 0;
    for (int turn = 1; total < 3 * items; turn++) {
      int count = Math.min(turn % 100 + 1, 3 * items - total);
      List<ChannelEvent.Item<Object>> some =
          merged.receive().take(count).collectList().blockOptional(PATIENCE).orElseThrow();
      some.forEach(item -> received.get(busy.indexOf(item.channel())).add(item.item()));
      total += some.size();
    }

    senders.forEach(CompletableFuture::join);
    List<Integer> expected = IntStream.range(0, items).boxed().toList();
    received.forEach(list -> assertThat(list).isEqualTo(expected));
  }
}
