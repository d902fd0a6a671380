package io.execnet.cli;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;

/**
 * A stream for one thread that blocks on what it does with each item, like writing it to a slow
 * reader. At most {@link #AHEAD} items are requested ahead of it.
 */
final class Inbox<T> implements CoreSubscriber<T> {

  static final int AHEAD = 16;

  /** A signal is an item as it is, one of these two, or {@link #DONE}. */
  private record Failed(Throwable error) {}

  private record Guest<T>(T item) {}

  private static final Object DONE = new Object();

  private final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();
  private volatile @Nullable Subscription subscription;
  private volatile boolean cancelled;
  private int taken;

  @Override
  public void onSubscribe(Subscription s) {
    subscription = s;
    if (cancelled) {
      s.cancel();
    } else {
      s.request(AHEAD);
    }
  }

  @Override
  public void onNext(T item) {
    signals.add(item);
  }

  @Override
  public void onError(Throwable error) {
    signals.add(new Failed(error));
  }

  @Override
  public void onComplete() {
    signals.add(DONE);
  }

  /** Adds an item that is not of the stream, and that its caller keeps few. */
  void add(T item) {
    signals.add(new Guest<>(item));
  }

  /** Requests nothing more, and gives up what has not come; any thread, at any time. */
  void cancel() {
    cancelled = true;
    Subscription s = subscription;
    if (s != null) {
      s.cancel();
    }
  }

  /**
   * The next item, or empty at the end.
   *
   * @param beforeWaiting is run if there is none yet
   * @param deadline when to give up, as {@link System#nanoTime()}, or null for never
   * @throws TimeoutException if the deadline has passed
   * @throws RuntimeException what the stream failed with
   */
  Optional<T> next(Runnable beforeWaiting, @Nullable Long deadline)
      throws InterruptedException, TimeoutException {
    if (deadline != null && deadline - System.nanoTime() <= 0) {
      throw new TimeoutException();
    }
    Object signal = signals.poll();
    if (signal == null) {
      beforeWaiting.run();
      signal = await(deadline);
    }
    if (signal == DONE) {
      return Optional.empty();
    } else if (signal instanceof Failed failed) {
      throw Exceptions.propagate(failed.error());
    }
    return Optional.of(item(signal));
  }

  private Object await(@Nullable Long deadline) throws InterruptedException, TimeoutException {
    if (deadline == null) {
      return signals.take();
    }
    Object signal = signals.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    if (signal == null) {
      throw new TimeoutException();
    }
    return signal;
  }

  @SuppressWarnings("unchecked") // only items of T are added
  private T item(Object signal) {
    if (signal instanceof Guest<?> guest) {
      return (T) guest.item();
    }
    if (++taken >= AHEAD / 2) {
      Subscription s = subscription;
      if (s != null) {
        s.request(taken);
      }
      taken = 0;
    }
    return (T) signal;
  }
}
