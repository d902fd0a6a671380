package io.execnet.reactive;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.scheduler.Schedulers;

/**
 * One attempt at an item in a {@link MapSlot}: what comes of it, and the time that it has. The
 * worker's replies, the clock and the subscriber may each be on a thread of their own.
 */
final class MapAttempt {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MapItem item;
  private final @Nullable Duration timeout;
  private final Consumer<MapAttempt> onTimeout;
  private final Runnable onWindowTaken;
  private final Sinks.Many<MapResult> results = Sinks.many().unicast().onBackpressureBuffer();
  private final AtomicBoolean finished = new AtomicBoolean();
  // guarded by this
  private int untaken;
  private int takenOfWindow;
  private @Nullable Disposable clock;
  private long clockStarted;
  private long nanosUsed;

  /**
   * Prepares it; the clock stands still.
   *
   * @param onTimeout is told when the worker has worked on it for so long
   * @param onWindowTaken tells the worker that it may yield as much again
   */
  MapAttempt(
      MapItem item,
      @Nullable Duration timeout,
      Consumer<MapAttempt> onTimeout,
      Runnable onWindowTaken) {
    this.item = item;
    this.timeout = timeout;
    this.onTimeout = onTimeout;
    this.onWindowTaken = onWindowTaken;
  }

  MapItem item() {
    return item;
  }

  /** What comes of it: nothing after the item's end, as a value may that came with the clock. */
  Flux<MapResult> results() {
    return results
        .asFlux()
        .doOnNext(this::taken)
        .takeUntil(result -> !(result instanceof MapResult.Value));
  }

  /** Whether the caller is to say how it ended, as nobody else has or will. */
  boolean finish() {
    boolean first = finished.compareAndSet(false, true);
    if (first) {
      stopClock();
    }
    return first;
  }

  /** Ends it with that; for who has finished it. */
  void end(MapResult... last) {
    for (MapResult result : last) {
      emit(result);
    }
    results.emitComplete(oneAtATime());
  }

  /** The same with an error. */
  void fail(Throwable error) {
    results.emitError(error, oneAtATime());
  }

  /** The worker has yielded. */
  void yielded(@Nullable Object value) {
    boolean windowIsFull;
    synchronized (this) {
      windowIsFull = ++untaken == MapSlot.WINDOW;
    }
    if (windowIsFull) {
      // It waits for us now, which is not its own time.
      stopClock();
    }
    if (item.isNewValue()) {
      emit(item.value(value));
    } else {
      takenOne();
    }
  }

  private void emit(MapResult result) {
    results.emitNext(result, oneAtATime());
  }

  /** The clock may strike while a reply is handed on: one of them waits for the other. */
  private static EmitFailureHandler oneAtATime() {
    return EmitFailureHandler.busyLooping(PATIENCE);
  }

  private void taken(MapResult result) {
    if (result instanceof MapResult.Value) {
      takenOne();
    }
  }

  private void takenOne() {
    boolean goOn;
    synchronized (this) {
      goOn = ++takenOfWindow == MapSlot.WINDOW;
      if (goOn) {
        takenOfWindow = 0;
        untaken -= MapSlot.WINDOW;
      }
    }
    if (goOn && !finished.get()) {
      startClock();
      onWindowTaken.run();
    }
  }

  /** The worker works from now on. */
  synchronized void startClock() {
    if (timeout != null && !finished.get()) {
      clockStarted = System.nanoTime();
      Duration left = timeout.minusNanos(nanosUsed);
      clock =
          Schedulers.parallel()
              .schedule(
                  () -> onTimeout.accept(this), Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
    }
  }

  private synchronized void stopClock() {
    if (clock != null) {
      clock.dispose();
      clock = null;
      nanosUsed += System.nanoTime() - clockStarted;
    }
  }
}
