package io.execnet.reactive;

import io.execnet.core.value.PyNone;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** What {@link #take} gives when there is nothing more, and {@link #error()} says why. */
  static final Object ENDED = new Object();

  /** Who takes the items now. */
  interface Taker {
    /** There may be something to take, or the end; on any thread, and must not block it. */
    void wake();

    /** Since when it waits for items, by {@link System#nanoTime()}; 0 where it does not. */
    long starvedSince();
  }

  private record Entry(Object item, int bytes) {}

  private final Scheduler scheduler;
  private final ReceiveWindow window;
  private final Queue<Entry> entries = Queues.<Entry>unbounded(32).get();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicReference<@Nullable Taker> current = new AtomicReference<>();

  private volatile boolean discarding;
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
    wakeTaker();
    if (discarding) {
      scheduleDrain();
    }
  }

  /** Nothing more will come: only the first call counts; on the event loop only. */
  void end(@Nullable Throwable cause) {
    if (!done) {
      error = cause;
      done = true;
      wakeTaker();
    }
  }

  /** Nobody will ever take what is here, nor what may still come; on any thread. */
  void discard() {
    discarding = true;
    scheduleDrain();
  }

  private void wakeTaker() {
    Taker taker = current.get();
    if (taker != null) {
      taker.wake();
    }
  }

  /** Since when a subscriber waits for items, by {@link System#nanoTime()}. */
  OptionalLong starvedSince() {
    Taker taker = current.get();
    long since = taker == null ? 0 : taker.starvedSince();
    return since == 0 ? OptionalLong.empty() : OptionalLong.of(since);
  }

  /** Whether items are taken by somebody, or at least away. */
  boolean hasReceiver() {
    return current.get() != null || discarding;
  }

  // ---- for somebody who takes from several queues

  /** Makes this the one who takes, unless there is one already. */
  boolean claim(Taker taker) {
    return current.compareAndSet(null, taker);
  }

  /** Leaves what was not taken to the next. */
  void leave(Taker taker) {
    if (current.compareAndSet(taker, null)) {
      window.receiverLeft();
    }
  }

  /**
   * Takes the next item: it, or null if there is none now, or {@link #ENDED}. One call at a time.
   */
  @Nullable Object take(Taker taker) {
    if (current.get() != taker || !pending.compareAndSet(0, 1)) {
      // The drain of who received before is about to end, and will wake us.
      return null;
    }
    boolean last = done;
    Entry entry = entries.poll();
    if (entry != null) {
      window.removed(entry.bytes);
    }
    if (pending.decrementAndGet() != 0) {
      runDrain();
    }
    if (entry == null) {
      return last ? ENDED : null;
    }
    return entry.item;
  }

  /** Whether nothing is left to take, nor will be. */
  boolean isEnded() {
    return done && entries.isEmpty();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Why it ended, if that was an error; once it has. */
  @Nullable Throwable error() {
    return error;
  }

  // ---- for one subscriber

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
      runDrain();
    }
  }

  private void runDrain() {
    try {
      scheduler.schedule(this::drain);
    } catch (RejectedExecutionException e) {
      // The scheduler is disposed or full: nobody can be signalled where they asked to be.
      pending.set(0);
      if (!(current.get() instanceof Receiver receiver)) {
        wakeTaker();
      } else if (current.compareAndSet(receiver, null)) {
        window.receiverLeft();
        receiver.actual.onError(e);
      }
    }
  }

  private void drain() {
    int missed = pending.get();
    do {
      if (discarding) {
        discardAll();
      } else if (current.get() instanceof Receiver receiver && receiver.subscribed) {
        drainTo(receiver);
      }
      missed = pending.addAndGet(-missed);
    } while (missed != 0);
    if (!(current.get() instanceof Receiver)) {
      // Whoever takes by itself could not while this ran.
      wakeTaker();
    }
  }

  private void discardAll() {
    for (Entry entry = entries.poll(); entry != null; entry = entries.poll()) {
      window.removed(entry.bytes);
    }
  }

  private void drainTo(Receiver receiver) {
    Throwable violation = receiver.demand.violation();
    if (violation != null && current.compareAndSet(receiver, null)) {
      receiver.cancelled = true;
      window.receiverLeft();
      receiver.actual.onError(violation);
      return;
    }
    long requested = receiver.demand.requested();
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
    receiver.demand.produced(emitted);
    if (emitted == requested) {
      receiver.starvedSince = 0;
    } else if (emitted > 0 || receiver.starvedSince == 0) {
      receiver.starvedSince = System.nanoTime() | 1;
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

  private final class Receiver implements Subscription, Taker {

    private final CoreSubscriber<? super Object> actual;
    private final Object owner;
    private final Demand demand = new Demand();
    private volatile boolean subscribed;
    private volatile boolean cancelled;
    private volatile long starvedSince;

    Receiver(CoreSubscriber<? super Object> actual, Object owner) {
      this.actual = actual;
      this.owner = owner;
    }

    @Override
    public void request(long n) {
      demand.add(n);
      scheduleDrain();
    }

    @Override
    public void wake() {
      scheduleDrain();
    }

    @Override
    public long starvedSince() {
      return starvedSince;
    }

    @Override
    public void cancel() {
      cancelled = true;
      leave(this);
    }
  }
}
