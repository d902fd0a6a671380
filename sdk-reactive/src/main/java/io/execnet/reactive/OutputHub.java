package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where all that a gateway's worker prints comes together, however it came: hands each line to the
 * consumer of the options, and then to whoever has subscribed. Blocks with the slowest of them, so
 * that the worker's next print does in the end.
 */
final class OutputHub implements Consumer<OutputLine> {

  /**
   * The end of a worker is told a second after it even where what it printed is still being handed
   * over. So its end is that of the hub once nothing has been handed over for a moment.
   */
  private static final Duration QUIET = Duration.ofMillis(250);

  private final Consumer<OutputLine> consumer;
  private final Scheduler scheduler;
  private final List<OutputSubscriber> subscribers = new CopyOnWriteArrayList<>();
  private final AtomicInteger handingOver = new AtomicInteger();
  private final AtomicLong begun = new AtomicLong();
  private volatile boolean ended;

  OutputHub(GroupOptions options) {
    this.consumer = options.output();
    this.scheduler = options.scheduler();
  }

  @Override
  public void accept(OutputLine line) {
    handingOver.incrementAndGet();
    begun.incrementAndGet();
    try {
      consumer.accept(line);
    } finally {
      for (OutputSubscriber subscriber : subscribers) {
        subscriber.accept(line);
      }
      handingOver.decrementAndGet();
    }
  }

  /** The lines from subscription on. */
  Flux<OutputLine> lines(Predicate<OutputLine> wanted) {
    return Flux.defer(
        () -> {
          OutputSubscriber subscriber = new OutputSubscriber(wanted);
          subscribers.add(subscriber);
          if (ended) {
            subscriber.complete();
          }
          return subscriber.lines(scheduler).doFinally(signal -> subscribers.remove(subscriber));
        });
  }

  /** The worker has ended: completes the subscribers when all is handed over. */
  void end() {
    if (handingOver.get() == 0) {
      complete();
    } else {
      endWhenQuiet(begun.get());
    }
  }

  private void endWhenQuiet(long before) {
    Schedulers.parallel()
        .schedule(
            () -> {
              if (handingOver.get() == 0 && begun.get() == before) {
                complete();
              } else {
                endWhenQuiet(begun.get());
              }
            },
            QUIET.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void complete() {
    ended = true;
    subscribers.forEach(OutputSubscriber::complete);
  }
}
