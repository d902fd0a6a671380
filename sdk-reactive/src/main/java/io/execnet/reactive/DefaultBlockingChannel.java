package io.execnet.reactive;

import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Takes items in the thread that receives them, so that a call that gave up loses none. Several
 * threads may receive; the lock lets one at a time wait for the next item.
 */
final class DefaultBlockingChannel implements BlockingChannel {

  private final DefaultChannel channel;
  private final Taker taker = new Taker();
  private final ReentrantLock receiving = new ReentrantLock();
  private boolean claimed;
  private boolean ended;

  DefaultBlockingChannel(DefaultChannel channel) {
    this.channel = channel;
  }

  @Override
  public void send(@Nullable Object item) throws InterruptedException {
    Blocking.await(
        item instanceof Publisher<?> items ? channel.send(items) : channel.sendOne(item));
  }

  @Override
  public Optional<Object> receive() throws InterruptedException {
    Blocking.checkMayBlock();
    receiving.lockInterruptibly();
    try {
      Object item = take();
      while (item == null) {
        taker.bell.acquire();
        item = take();
      }
      return itemOf(item);
    } finally {
      release();
    }
  }

  @Override
  public Optional<Object> receive(Duration timeout) throws InterruptedException, TimeoutException {
    Blocking.checkMayBlock();
    long deadline = System.nanoTime() + timeout.toNanos();
    if (receiving.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      try {
        Object item = take();
        while (item == null
            && taker.bell.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          item = take();
        }
        if (item != null) {
          return itemOf(item);
        }
      } finally {
        release();
      }
    }
    throw new TimeoutException("no item on " + channel + " within " + timeout);
  }

  private void release() {
    taker.starvedSince = 0;
    receiving.unlock();
    Reference.reachabilityFence(channel);
  }

  /** The next item, or the end, or null where there is neither yet. */
  private @Nullable Object take() {
    if (ended) {
      return ReceiveQueue.ENDED;
    }
    ReceiveQueue queue = channel.queue();
    if (!claimed) {
      if (!queue.claim(taker)) {
        throw new IllegalStateException("the channel has a receiver already");
      }
      claimed = true;
    }
    Object item = queue.take(taker);
    if (item == null && taker.starvedSince == 0) {
      taker.starvedSince = System.nanoTime() | 1;
    }
    return item;
  }

  /** The end stays: every later call meets it too. */
  private Optional<Object> itemOf(Object item) {
    if (item != ReceiveQueue.ENDED) {
      return Optional.of(item);
    }
    ReceiveQueue queue = channel.queue();
    if (!ended) {
      ended = true;
      queue.leave(taker);
    }
    Throwable error = queue.error();
    if (error != null) {
      throw Blocking.unwrapped(error);
    }
    return Optional.empty();
  }

  @Override
  public void waitClose(Duration timeout) throws InterruptedException, TimeoutException {
    Blocking.await(channel.waitClose(), timeout);
  }

  @Override
  public void cancel() throws InterruptedException {
    Blocking.await(channel.cancel());
  }

  @Override
  public void close() {
    channel.close().subscribe();
  }

  /** Holds no channel: one that is forgotten is closed, though somebody has received there. */
  private static final class Taker implements ReceiveQueue.Taker {

    private final Semaphore bell = new Semaphore(0);
    private volatile long starvedSince;

    @Override
    public void wake() {
      // What is to be taken has to be seen by whoever takes the permit that is seen here.
      VarHandle.fullFence();
      if (bell.availablePermits() == 0) {
        bell.release();
      }
    }

    @Override
    public long starvedSince() {
      return starvedSince;
    }
  }
}
