package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
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

  /** A line that is being handed over; none equals another. */
  private static final class HandOver {
    private final OutputLine line;
    private final long since = System.nanoTime();

    HandOver(OutputLine line) {
      this.line = line;
    }
  }

  private final Consumer<OutputLine> consumer;
  private final Scheduler scheduler;
  private final List<OutputSubscriber> subscribers = new CopyOnWriteArrayList<>();
  private final Set<HandOver> handingOver = ConcurrentHashMap.newKeySet();
  private final AtomicLong begun = new AtomicLong();
  private volatile boolean ended;

  OutputHub(GroupOptions options) {
    this.consumer = options.output();
    this.scheduler = options.scheduler();
  }

  @Override
  public void accept(OutputLine line) {
    HandOver current = new HandOver(line);
    handingOver.add(current);
    begun.incrementAndGet();
    try {
      consumer.accept(line);
    } finally {
      for (OutputSubscriber subscriber : subscribers) {
        subscriber.accept(line);
      }
      handingOver.remove(current);
    }
  }

  /**
   * What is being handed over; on any thread.
   *
   * @param gathered what the stream holds besides, if that is known
   */
  OutputFlow flow(OutputLine.Stream stream, long gathered) {
    List<HandOver> current =
        handingOver.stream().filter(each -> each.line.stream() == stream).toList();
    long lines =
        current.stream()
            .mapToLong(each -> each.line.text().getBytes(StandardCharsets.UTF_8).length)
            .sum();
    List<Wait> waits =
        current.stream()
            .map(each -> Wait.since(Waiter.PRINTER, each.since))
            .max(Comparator.comparing(Wait::time))
            .stream()
            .toList();
    return new OutputFlow(stream, Math.max(gathered, lines), waits);
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
    if (handingOver.isEmpty()) {
      complete();
    } else {
      endWhenQuiet(begun.get());
    }
  }

  private void endWhenQuiet(long before) {
    Schedulers.parallel()
        .schedule(
            () -> {
              if (handingOver.isEmpty() && begun.get() == before) {
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
