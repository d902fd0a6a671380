package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ChannelClosedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** One of everything that can wait on a channel, whose code receives nothing. */
final class ChannelWaiting {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Who is the one subscriber to what is received. */
  enum Receiver {
    RECEIVE,
    BLOCKING_RECEIVE,
    EXCHANGE
  }

  private final Channel channel;
  private final List<Ending> receivers;
  private final List<Ending> senders;
  private final CompletableFuture<@Nullable Throwable> blockedReceiver;
  private final CompletableFuture<@Nullable Throwable> blockedSender;
  private final AtomicInteger cancelled = new AtomicInteger();
  private final int sources;

  ChannelWaiting(Channel channel, Receiver receiver) {
    this.channel = channel;
    boolean blocking = receiver == Receiver.BLOCKING_RECEIVE;
    blockedReceiver =
        blocking
            ? Waiting.block("receive", () -> channel.blocking().receive())
            : CompletableFuture.completedFuture(null);
    Ending closed = Ending.of("waitClose", channel.waitClose());
    receivers =
        switch (receiver) {
          case RECEIVE -> List.of(Ending.of("receive", channel.receive()), closed);
          case BLOCKING_RECEIVE -> List.of(closed);
          case EXCHANGE ->
              List.of(
                  Ending.of("exchange", channel.exchange(source(Flux.never()), Object.class)),
                  closed);
        };
    sources = receiver == Receiver.EXCHANGE ? 2 : 1;
    Ending source = Ending.of("a source", channel.send(source(Flux.range(0, 1_000_000))));
    await().atMost(PATIENCE).until(this::hasSenderWithoutCredit);
    senders = List.of(source, Ending.of("an item", channel.send(1)));
    blockedSender = Waiting.block("send", () -> channel.blocking().send(1));
    assertThat(receivers).noneMatch(Ending::hasEnded);
    assertThat(senders).noneMatch(Ending::hasEnded);
    assertThat(blockedReceiver.isDone()).isNotEqualTo(blocking);
  }

  private Flux<Integer> source(Flux<Integer> items) {
    return items.doOnCancel(cancelled::incrementAndGet);
  }

  private boolean hasSenderWithoutCredit() {
    return channel.gateway().flow().blockOptional(PATIENCE).orElseThrow().channels().stream()
        .filter(each -> each.channelId() == channel.id())
        .flatMap(each -> each.waits().stream())
        .anyMatch(wait -> wait.waiter() == Waiter.SENDER);
  }

  /**
   * Waits until all have ended, and sees that each did once, as long as the gateway goes on.
   *
   * @return the error of those who receive or wait for the end, or null
   */
  @Nullable Throwable hasEnded() {
    Throwable first = receivers.get(0).error(PATIENCE);
    for (Ending receiver : receivers) {
      assertThat(receiver.error(PATIENCE)).as(receiver.toString()).isSameAs(first);
    }
    assertThat(blockedReceiver).succeedsWithin(PATIENCE);
    if (receivers.size() == 1) {
      assertThat(blockedReceiver.join()).isSameAs(first);
    }
    for (Ending sender : senders) {
      assertClosed(sender.error(PATIENCE));
    }
    assertThat(blockedSender).succeedsWithin(PATIENCE);
    assertClosed(blockedSender.join());
    await().atMost(PATIENCE).until(() -> cancelled.get() == sources);
    channel.gateway().remoteStatus().block(PATIENCE); // what else came has been seen
    receivers.forEach(Ending::endedOnce);
    senders.forEach(Ending::endedOnce);
    assertThat(cancelled).hasValue(sources);
    return first;
  }

  private static void assertClosed(@Nullable Throwable error) {
    assertThat(error)
        .isInstanceOf(ChannelClosedException.class)
        .message()
        .containsPattern("channel \\d+ (of gw0 is|was) closed");
  }
}
