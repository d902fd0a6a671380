package io.execnet.reactive;

import io.execnet.core.DumpException;
import io.execnet.core.RemoteException;
import io.execnet.core.value.PyNone;
import io.execnet.core.value.PyTuple;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A place in a worker that runs one item at a time; the other end of its channel is {@code serve}
 * in {@code map_driver.py}. A function that yields is never more than {@link #WINDOW} values ahead
 * of what was taken here, so this can receive without bound and so hold nobody else up.
 */
final class MapSlot {

  /** How many values the worker yields until it waits to be told to go on; as in the driver. */
  static final int WINDOW = 16;

  private static final int YIELDED = 0;
  private static final int RETURNED = 1;
  private static final int EXHAUSTED = 2;
  private static final int RAISED = 3;

  private final MapWorker worker;
  private final Channel channel;
  private final @Nullable Duration timeout;
  private volatile @Nullable MapAttempt current;
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
          MapAttempt attempt = new MapAttempt(item, timeout, this::timedOut, this::goOn);
          current = attempt;
          attempt.startClock();
          channel.send(item.item()).subscribe(null, this::sendFailed);
          Throwable error = ended;
          if (error != null) {
            onEnd(error);
          }
          return attempt.results();
        });
  }

  private void sendFailed(Throwable error) {
    MapAttempt attempt = current;
    if (attempt != null && error instanceof DumpException) {
      finish(attempt, attempt.item().failed(error));
    }
    // Any other error is that of the channel, and its receiving side reports it.
  }

  private void onReply(PyTuple reply) {
    MapAttempt attempt = current;
    if (attempt == null) {
      return;
    }
    int kind = ((Long) Objects.requireNonNull(reply.get(0))).intValue();
    Object value = reply.get(1);
    switch (kind) {
      case YIELDED -> attempt.yielded(value);
      case RETURNED -> finish(attempt, attempt.item().value(value), attempt.item().completed());
      case EXHAUSTED -> finish(attempt, attempt.item().completed());
      case RAISED ->
          finish(
              attempt,
              attempt
                  .item()
                  .failed(new RemoteException(String.valueOf(value), channel.gateway().id())));
      default -> throw new IllegalStateException("reply of unknown kind " + kind);
    }
  }

  private void finish(MapAttempt attempt, MapResult... last) {
    if (attempt.finish()) {
      current = null;
      worker.offer(this);
      attempt.end(last);
    }
  }

  private void onEnd(Throwable error) {
    ended = error;
    worker.withdraw(this);
    MapAttempt attempt = current;
    if (attempt != null && attempt.finish()) {
      attempt.fail(new WorkerGoneException(error, !worker.isInterrupting()));
    }
  }

  private void timedOut(MapAttempt attempt) {
    if (attempt.finish()) {
      attempt.end(
          attempt.item().failed(new TimeoutException("the item took longer than " + timeout)));
      worker.interrupt(this);
    }
  }

  private void goOn() {
    channel.send(PyNone.NONE).subscribe(null, this::sendFailed);
  }
}
