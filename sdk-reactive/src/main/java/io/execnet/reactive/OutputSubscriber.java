package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One subscriber to what a worker prints: holds a few lines, and blocks who has more for it. */
final class OutputSubscriber {

  /** A line is at most 64 KiB. */
  static final int BUFFERED_LINES = 64;

  /** More than there can be waiting, so that who does so goes on. */
  private static final int NO_BOUND = 1 << 20;

  private final Predicate<OutputLine> wanted;
  private final Sinks.Many<OutputLine> sink = Sinks.many().unicast().onBackpressureBuffer();
  private final Semaphore room = new Semaphore(BUFFERED_LINES);
  private volatile boolean gone;

  OutputSubscriber(Predicate<OutputLine> wanted) {
    this.wanted = wanted;
  }

  /** The lines, on this scheduler. */
  Flux<OutputLine> lines(Scheduler scheduler) {
    Flux<OutputLine> lines = sink.asFlux();
    if (scheduler != Schedulers.immediate()) {
      lines = lines.publishOn(scheduler, BUFFERED_LINES);
    }
    return lines.doOnNext(line -> room.release()).doOnCancel(this::leave);
  }

  /** Hands a line over, and blocks while there is no room for it; an interrupt gives it up. */
  void accept(OutputLine line) {
    if (gone || !wanted.test(line)) {
      return;
    }
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (sink) { // the two streams have a thread each
      sink.tryEmitNext(line); // can't overflow, and where it was cancelled nobody misses it
    }
  }

  /** Nothing more comes, and who would hand over more does not wait. */
  void complete() {
    synchronized (sink) {
      sink.tryEmitComplete();
    }
    leave();
  }

  void leave() {
    if (!gone) {
      gone = true;
      room.release(NO_BOUND);
    }
  }
}
