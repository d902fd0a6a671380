package io.execnet.reactive;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * What arrives on several channels as one stream. An item is taken from its channel only to be
 * handed over at once, so that a cancel leaves the others where they are; and a channel that had
 * its turn goes behind all others that have something.
 */
final class ChannelMerge extends Flux<ChannelEvent<Object>> {

  private final List<DefaultChannel> channels;
  private final boolean withEnds;

  /**
   * Creates it; cold.
   *
   * @param withEnds whether the end of each channel is an event; else an error is that of the
   *     stream, when all have ended
   */
  ChannelMerge(List<DefaultChannel> channels, boolean withEnds) {
    this.channels = channels;
    this.withEnds = withEnds;
  }

  @Override
  public void subscribe(CoreSubscriber<? super ChannelEvent<Object>> actual) {
    if (channels.isEmpty()) {
      Operators.complete(actual);
    } else {
      new Merging(actual).start();
    }
  }

  /** One subscription; {@code pending} counts the reasons to drain, one drain runs at a time. */
  private final class Merging implements Subscription {

    private final CoreSubscriber<? super ChannelEvent<Object>> actual;
    private final Scheduler scheduler = channels.get(0).gateway().options().scheduler();
    private final List<Input> inputs =
        IntStream.range(0, channels.size())
            .mapToObj(index -> new Input(this, channels.get(index)))
            .toList();
    private final Queue<Input> ready = Queues.<Input>unboundedMultiproducer().get();
    private final AtomicInteger pending = new AtomicInteger();

    private int open = inputs.size();
    private final Demand demand = new Demand();
    private volatile boolean subscribed;
    private volatile boolean cancelled;
    private volatile long starvedSince;

    Merging(CoreSubscriber<? super ChannelEvent<Object>> actual) {
      this.actual = actual;
    }

    void start() {
      for (int i = 0; i < inputs.size(); i++) {
        if (!inputs.get(i).claim()) {
          inputs.subList(0, i).forEach(Input::leave);
          Operators.error(
              actual, new IllegalStateException(inputs.get(i).channel + " has a receiver already"));
          return;
        }
      }
      actual.onSubscribe(this);
      inputs.forEach(Input::getReady);
      subscribed = true;
      schedule();
    }

    @Override
    public void request(long n) {
      demand.add(n);
      schedule();
    }

    @Override
    public void cancel() {
      cancelled = true;
      inputs.forEach(Input::leave);
    }

    private void schedule() {
      if (pending.getAndIncrement() == 0) {
        try {
          scheduler.schedule(this::drain);
        } catch (RejectedExecutionException e) {
          fail(e);
        }
      }
    }

    private void drain() {
      int missed = pending.get();
      do {
        if (subscribed) {
          emit();
        }
        missed = pending.addAndGet(-missed);
      } while (missed != 0);
    }

    private void emit() {
      Throwable error = demand.violation();
      if (error != null) {
        fail(error);
        return;
      }
      long emitted = 0;
      long wanted = demand.requested();
      while (emitted != wanted && !cancelled) {
        Input input = ready.poll();
        if (input == null) {
          break;
        }
        ChannelEvent<Object> event = next(input);
        if (event != null) {
          emitted++;
          actual.onNext(event);
        }
      }
      if (emitted == wanted && !withEnds) {
        noteEnds();
      }
      demand.produced(emitted);
      if (emitted == wanted) {
        starvedSince = 0;
      } else if (emitted > 0 || starvedSince == 0) {
        starvedSince = System.nanoTime() | 1;
      }
      if (open == 0) {
        finish();
      }
    }

    private @Nullable ChannelEvent<Object> next(Input input) {
      input.isReady.set(false);
      Object item = input.ended ? null : input.take();
      if (item == null) {
        return null;
      }
      if (item != ReceiveQueue.ENDED) {
        input.getReady();
        return new ChannelEvent.Item<>(input.channel, item);
      }
      end(input);
      return withEnds ? new ChannelEvent.End<>(input.channel, input.error()) : null;
    }

    /** Without demand an end can be told all the same, if no item is before it. */
    private void noteEnds() {
      for (Input input = ready.peek(); input != null && input.hasNoItem(); input = ready.peek()) {
        ready.poll();
        input.isReady.set(false);
        if (input.queue.isEnded()) {
          end(input);
        } else if (!input.hasNoItem()) {
          input.getReady();
        }
      }
    }

    private void end(Input input) {
      if (!input.ended) {
        input.ended = true;
        input.leave();
        open--;
      }
    }

    private void finish() {
      if (!cancelled) {
        cancelled = true;
        Throwable error =
            inputs.stream()
                .flatMap(input -> Stream.ofNullable(input.error()))
                .findFirst()
                .orElse(null);
        if (error == null || withEnds) {
          actual.onComplete();
        } else {
          actual.onError(error);
        }
      }
    }

    private void fail(Throwable error) {
      if (!cancelled) {
        cancel();
        actual.onError(error);
      }
    }
  }

  /** One of the channels; wakes the drain when it has something. */
  private static final class Input implements ReceiveQueue.Taker {

    private final Merging merging;
    private final DefaultChannel channel;
    private final ReceiveQueue queue;
    private final AtomicBoolean isReady = new AtomicBoolean();
    private boolean ended;

    Input(Merging merging, DefaultChannel channel) {
      this.merging = merging;
      this.channel = channel;
      this.queue = channel.queue();
    }

    @Override
    public void wake() {
      getReady();
      merging.schedule();
    }

    @Override
    public long starvedSince() {
      return merging.starvedSince;
    }

    /** Goes behind all others that are ready. */
    void getReady() {
      if (!isReady.getAndSet(true)) {
        merging.ready.add(this);
      }
    }

    boolean claim() {
      return queue.claim(this);
    }

    void leave() {
      queue.leave(this);
    }

    @Nullable Object take() {
      return queue.take(this);
    }

    boolean hasNoItem() {
      return queue.isEmpty();
    }

    @Nullable Throwable error() {
      return queue.error();
    }
  }
}
