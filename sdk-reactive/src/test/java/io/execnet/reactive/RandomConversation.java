package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.GatewayLostException;
import io.execnet.core.RemoteException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Random things done to one channel, whose code sends back what it receives, and what has to come
 * of them: what comes back is what was sent, in order, no more than was asked for; and the end is
 * seen once, and is the one that was brought about.
 */
final class RandomConversation {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String ECHO =
      """
      for x in channel:
          if x == 'raise':
              raise ValueError('boom')
          if x == 'return':
              break
          if x == 'new':
              x = channel.gateway.newchannel()
              channel.send(x)
              x.send('hello')
              x.close()
          else:
              channel.send(x)
      """;

  /** How it ends, as far as that is known beforehand. */
  private enum End {
    COMPLETE,
    BOOM,
    ANY
  }

  private final Channel channel;
  private final boolean mayBeLost;
  private final Sinks.Many<Object> source = Sinks.many().unicast().onBackpressureBuffer();
  private final List<Object> sent = new ArrayList<>();
  private final List<Object> received = new CopyOnWriteArrayList<>();
  private final List<Ending> others = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final AtomicLong requested = new AtomicLong();
  private volatile @Nullable Throwable error;
  private Taker taker;
  private @Nullable End end;
  private boolean cutShort;

  private RandomConversation(Channel channel, boolean mayBeLost) {
    this.channel = channel;
    this.mayBeLost = mayBeLost;
    // that nobody receives, between one subscriber and the next, is an end for who waits
    others.add(Ending.of("waitClose", channel.waitClose()));
    others.add(
        Ending.of(
            "the source", channel.send(source.asFlux()).then(Mono.defer(channel::halfClose))));
    this.taker = subscribe();
  }

  /**
   * Begins one.
   *
   * @param mayBeLost whether its gateway may end before it does
   */
  static RandomConversation begin(Gateway gateway, boolean mayBeLost) {
    return new RandomConversation(
        gateway.remoteExec(ECHO).open().blockOptional(PATIENCE).orElseThrow(), mayBeLost);
  }

  boolean hasEnded() {
    return end != null;
  }

  /** Does one thing. */
  void step(Random random) {
    if (random.nextInt(30) == 0 && !hasEnded()) {
      end(random.nextInt(6));
    }
    switch (random.nextInt(10)) {
      case 0 -> {
        taker.cancel();
        taker = subscribe();
      }
      case 1 -> send("new");
      case 2, 3, 4 -> taker.ask(1 + random.nextInt(4));
      default -> send((long) sent.size());
    }
  }

  private void send(Object item) {
    if (!hasEnded()) {
      sent.add(item);
      emit(item);
    }
  }

  private void emit(Object item) {
    Sinks.EmitResult result = source.tryEmitNext(item);
    if (!mayBeLost) { // a loss cancels the source
      result.orThrow();
    }
  }

  private void end(int way) {
    end = way == 1 ? End.BOOM : way > 3 ? End.ANY : End.COMPLETE;
    cutShort = way > 2;
    switch (way) {
      case 0 -> source.tryEmitComplete(); // or has been cancelled by a loss
      case 1 -> emit("raise");
      case 2 -> emit("return");
      case 3 -> others.add(Ending.of("close", channel.close()));
      case 4 -> others.add(Ending.of("cancel", channel.cancel()));
      default -> others.add(Ending.of("close with an error", channel.close("enough")));
    }
  }

  /**
   * Brings it to its end, takes all that there is, and sees whether everything came as it had to.
   */
  void finish() {
    if (!hasEnded()) {
      end(0);
    }
    taker.ask(Integer.MAX_VALUE);
    assertThat(ended).as(toString()).succeedsWithin(PATIENCE);
    others.forEach(other -> other.error(PATIENCE));
    others.forEach(Ending::endedOnce);
    assertThat(violations).as(toString()).isEmpty();

    assertThat(received).as(toString()).hasSizeLessThanOrEqualTo(sent.size());
    for (int i = 0; i < received.size(); i++) {
      Object item = received.get(i);
      if (sent.get(i).equals("new")) {
        assertThat(item).as(toString()).isInstanceOf(Channel.class);
      } else {
        assertThat(item).as(toString()).isEqualTo(sent.get(i));
      }
    }
    if (error instanceof GatewayLostException) {
      assertThat(mayBeLost).as(toString()).isTrue();
      return;
    }
    if (!cutShort) {
      assertThat(received).as(toString()).hasSameSizeAs(sent);
    }
    switch (end) {
      case COMPLETE -> assertThat(error).as(toString()).isNull();
      case BOOM ->
          assertThat(error)
              .as(toString())
              .isInstanceOf(RemoteException.class)
              .hasMessageContaining("boom");
      case ANY -> {}
    }
  }

  private Taker subscribe() {
    Taker next = new Taker();
    channel.receive().subscribe(next);
    return next;
  }

  @Override
  public String toString() {
    return "%s, sent %s, received %s, asked for %d, end %s, ended %s by %s, others %s"
        .formatted(channel, sent, received, requested.get(), end, ended, error, others);
  }

  /** One of those who receive, each from where the one before has left. */
  private final class Taker extends BaseSubscriber<Object> {

    private boolean over;

    void ask(long count) {
      requested.addAndGet(count);
      request(count);
    }

    private void ended(String how) {
      if (over) {
        violations.add("ended twice, also by " + how);
      }
      over = true;
      RandomConversation.this.ended.complete(how);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(Object item) {
      received.add(item);
      if (received.size() > requested.get()) {
        violations.add("more came than was asked for");
      }
      if (item instanceof Channel other) {
        others.add(Ending.of("another channel", other.receive()));
      }
    }

    @Override
    protected void hookOnComplete() {
      ended("complete");
    }

    @Override
    protected void hookOnError(Throwable cause) {
      error = cause;
      ended("error");
    }
  }
}
