package io.execnet.reactive;

import io.execnet.core.DumpException;
import io.execnet.core.RemoteException;
import io.execnet.core.value.PyNone;
import io.execnet.core.value.PyTuple;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.scheduler.Schedulers;

/**
 * A place in a worker that runs one item at a time; the other end of its channel is {@code serve}
 * in {@code map_driver.py}. A function that yields is never more than {@link #WINDOW} values ahead
 * of what was taken here, so this can receive without bound and so hold nobody else up.
 */
final class MapSlot {

  /** How many values the worker yields until it waits to be told to go on; as in the driver. */
  static final int WINDOW = 16;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int YIELDED = 0;
  private static final int RETURNED = 1;
  private static final int EXHAUSTED = 2;
  private static final int RAISED = 3;

  private final MapWorker worker;
  private final Channel channel;
  private final @Nullable Duration timeout;
  private volatile @Nullable Attempt current;
  private volatile @Nullable Throwable ended;

  /** A slot that does not listen yet. */
  MapSlot(MapWorker worker, Channel channel, @Nullable Duration timeout) {
    this.worker = worker;
    this.channel = channel;
    this.timeout = timeout;
  }

  /** Begins to listen; from now on it may be offered. */
  void start() {
    channel
        .receive(PyTuple.class)
        .subscribe(
            this::onReply,
            this::onEnd,
            () -> onEnd(new IllegalStateException("the worker stopped serving")));
  }

  /** Interrupts what runs there; completes when it has ended. */
  Mono<Void> cancel() {
    return channel.cancel();
  }

  /** Runs an item; when that is done, or has failed, the slot is offered again. */
  Flux<MapResult> run(MapItem item) {
    return Flux.defer(
        () -> {
          Throwable gone = ended;
          if (gone != null) {
            return Flux.error(new WorkerGoneException(gone, false));
          }
          item.startAttempt(channel.gateway().id());
          Attempt attempt = new Attempt(item);
          current = attempt;
          attempt.resumeClock();
          channel.send(item.item()).subscribe(null, this::sendFailed);
          Throwable error = ended;
          if (error != null) {
            onEnd(error);
          }
          return attempt.results.asFlux().doOnNext(attempt::taken);
        });
  }

  private void sendFailed(Throwable error) {
    Attempt attempt = current;
    if (attempt != null && error instanceof DumpException) {
      finish(attempt, attempt.item.failed(error));
    }
    // Any other error is that of the channel, and its receiving side reports it.
  }

  private void onReply(PyTuple reply) {
    Attempt attempt = current;
    if (attempt == null) {
      return;
    }
    int kind = ((Long) Objects.requireNonNull(reply.get(0))).intValue();
    Object value = reply.get(1);
    switch (kind) {
      case YIELDED -> attempt.yielded(value);
      case RETURNED -> finish(attempt, attempt.item.value(value), attempt.item.completed());
      case EXHAUSTED -> finish(attempt, attempt.item.completed());
      case RAISED ->
          finish(
              attempt,
              attempt.item.failed(
                  new RemoteException(String.valueOf(value), channel.gateway().id())));
      default -> throw new IllegalStateException("reply of unknown kind " + kind);
    }
  }

  private void finish(Attempt attempt, MapResult... last) {
    if (attempt.finish()) {
      current = null;
      worker.offer(this);
      for (MapResult result : last) {
        attempt.emit(result);
      }
      attempt.complete();
    }
  }

  private void onEnd(Throwable error) {
    ended = error;
    worker.withdraw(this);
    Attempt attempt = current;
    if (attempt != null && attempt.finish()) {
      attempt.fail(new WorkerGoneException(error, !worker.isInterrupting()));
    }
  }

  private void timedOut(Attempt attempt) {
    if (attempt.finish()) {
      attempt.emit(
          attempt.item.failed(new TimeoutException("the item took longer than " + timeout)));
      attempt.complete();
      worker.interrupt(this);
    }
  }

  private final class Attempt {

    private final MapItem item;
    private final Sinks.Many<MapResult> results = Sinks.many().unicast().onBackpressureBuffer();
    private final AtomicBoolean finished = new AtomicBoolean();
    private int untaken;
    private int takenOfWindow;
    private @Nullable Disposable clock;
    private long clockStarted;
    private long nanosUsed;

    Attempt(MapItem item) {
      this.item = item;
    }

    boolean finish() {
      boolean first = finished.compareAndSet(false, true);
      if (first) {
        stopClock();
      }
      return first;
    }

    // The clock may strike while a reply is handed on: one of them waits for the other.

    void emit(MapResult result) {
      results.emitNext(result, EmitFailureHandler.busyLooping(PATIENCE));
    }

    void complete() {
      results.emitComplete(EmitFailureHandler.busyLooping(PATIENCE));
    }

    void fail(Throwable error) {
      results.emitError(error, EmitFailureHandler.busyLooping(PATIENCE));
    }

    void yielded(@Nullable Object value) {
      boolean windowIsFull;
      synchronized (this) {
        windowIsFull = ++untaken == WINDOW;
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

    void taken(MapResult result) {
      if (result instanceof MapResult.Value) {
        takenOne();
      }
    }

    private void takenOne() {
      boolean goOn;
      synchronized (this) {
        goOn = ++takenOfWindow == WINDOW;
        if (goOn) {
          takenOfWindow = 0;
          untaken -= WINDOW;
        }
      }
      if (goOn && !finished.get()) {
        resumeClock();
        channel.send(PyNone.NONE).subscribe(null, MapSlot.this::sendFailed);
      }
    }

    synchronized void resumeClock() {
      if (timeout != null && !finished.get()) {
        clockStarted = System.nanoTime();
        Duration left = timeout.minusNanos(nanosUsed);
        clock =
            Schedulers.parallel()
                .schedule(() -> timedOut(this), Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
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
}
