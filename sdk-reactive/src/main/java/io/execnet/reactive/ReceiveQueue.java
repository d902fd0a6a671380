package io.execnet.reactive;

import io.execnet.core.value.PyNone;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * The items that arrived on one channel, between the event loop that puts them in and the one
 * subscriber, at a time, who takes them out as it requests them. An item that was not requested
 * stays for the next subscriber.
 *
 * <p>One drain runs at a time, on the scheduler; {@code pending} counts the reasons to run it
 * again. It belongs to no subscriber, so that it outlives each of them.
 */
final class ReceiveQueue {

  private record Entry(Object item, int bytes) {}

  private final Scheduler scheduler;
  private final ReceiveWindow window;
  private final Queue<Entry> entries = Queues.<Entry>unbounded(32).get();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicReference<@Nullable Receiver> current = new AtomicReference<>();

  private volatile boolean done;
  private @Nullable Throwable error;

  ReceiveQueue(Scheduler scheduler, ReceiveWindow window) {
    this.scheduler = scheduler;
    this.window = window;
  }

  /** Puts an item in; on the event loop only. */
  void offer(@Nullable Object item, int bytes) {
    entries.add(new Entry(item == null ? PyNone.NONE : item, bytes));
    window.added(bytes);
    if (current.get() != null) {
      scheduleDrain();
    }
  }

  /** Nothing more will come: only the first call counts; on the event loop only. */
  void end(@Nullable Throwable cause) {
    if (!done) {
      error = cause;
      done = true;
      if (current.get() != null) {
        scheduleDrain();
      }
    }
  }

  boolean hasReceiver() {
    return current.get() != null;
  }

  /**
   * Subscribes.
   *
   * @param owner what must stay reachable while somebody receives
   */
  void subscribe(CoreSubscriber<? super Object> actual, Object owner) {
    Receiver receiver = new Receiver(actual, owner);
    if (!current.compareAndSet(null, receiver)) {
      Operators.error(actual, new IllegalStateException("the channel has a receiver already"));
      return;
    }
    actual.onSubscribe(receiver);
    receiver.subscribed = true;
    scheduleDrain();
  }

  private void scheduleDrain() {
    if (pending.getAndIncrement() == 0) {
      try {
        scheduler.schedule(this::drain);
      } catch (RejectedExecutionException e) {
        // The scheduler is disposed or full: nobody can be signalled where they asked to be.
        Receiver receiver = current.getAndSet(null);
        pending.set(0);
        if (receiver != null) {
          receiver.actual.onError(e);
        }
      }
    }
  }

  private void drain() {
    int missed = pending.get();
    do {
      Receiver receiver = current.get();
      if (receiver != null && receiver.subscribed) {
        drainTo(receiver);
      }
      missed = pending.addAndGet(-missed);
    } while (missed != 0);
  }

  private void drainTo(Receiver receiver) {
    Throwable violation = receiver.violation;
    if (violation != null && current.compareAndSet(receiver, null)) {
      receiver.cancelled = true;
      receiver.actual.onError(violation);
      return;
    }
    long requested = receiver.requested;
    long emitted = 0;
    while (!receiver.cancelled && emitted != requested) {
      boolean last = done;
      Entry entry = entries.poll();
      if (entry == null) {
        if (last) {
          finish(receiver);
        }
        break;
      }
      window.removed(entry.bytes);
      emitted++;
      receiver.actual.onNext(entry.item);
    }
    if (emitted == requested && done && entries.isEmpty()) {
      finish(receiver);
    }
    if (emitted != 0) {
      Operators.produced(Receiver.REQUESTED, receiver, emitted);
    }
  }

  private void finish(Receiver receiver) {
    if (!receiver.cancelled && current.compareAndSet(receiver, null)) {
      receiver.cancelled = true;
      if (error != null) {
        receiver.actual.onError(error);
      } else {
        receiver.actual.onComplete();
      }
    }
  }

  private final class Receiver implements Subscription {

    private static final AtomicLongFieldUpdater<Receiver> REQUESTED =
        AtomicLongFieldUpdater.newUpdater(Receiver.class, "requested");

    private final CoreSubscriber<? super Object> actual;
    private final Object owner;
    private volatile long requested;
    private volatile boolean subscribed;
    private volatile boolean cancelled;
    private volatile @Nullable Throwable violation;

    Receiver(CoreSubscriber<? super Object> actual, Object owner) {
      this.actual = actual;
      this.owner = owner;
    }

    @Override
    public void request(long n) {
      if (n > 0) {
        Operators.addCap(REQUESTED, this, n);
      } else {
        violation = new IllegalArgumentException("a request for " + n + " items (rule 3.9)");
      }
      scheduleDrain();
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (current.compareAndSet(this, null)) {
        window.receiverLeft();
      }
    }
  }
}
