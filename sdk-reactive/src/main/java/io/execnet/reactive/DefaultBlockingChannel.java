package io.execnet.reactive;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Signal;

/**
 * Receives by requesting one item at a time, so that a call that gave up loses none. Several
 * threads may receive; the lock lets one at a time wait for the next item.
 */
final class DefaultBlockingChannel implements BlockingChannel {

  private final DefaultChannel channel;
  private final Inbox inbox = new Inbox();
  private final ReentrantLock receiving = new ReentrantLock();
  private boolean subscribed;

  DefaultBlockingChannel(DefaultChannel channel) {
    this.channel = channel;
  }

  @Override
  public void send(@Nullable Object item) throws InterruptedException {
    Blocking.await(channel.send(item));
  }

  @Override
  public Optional<Object> receive() throws InterruptedException {
    Blocking.checkMayBlock();
    receiving.lockInterruptibly();
    try {
      return inbox.itemOf(requested().take());
    } finally {
      receiving.unlock();
    }
  }

  @Override
  public Optional<Object> receive(Duration timeout) throws InterruptedException, TimeoutException {
    Blocking.checkMayBlock();
    long deadline = System.nanoTime() + timeout.toNanos();
    if (receiving.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      try {
        Signal<Object> signal =
            requested().poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (signal != null) {
          return inbox.itemOf(signal);
        }
      } finally {
        receiving.unlock();
      }
    }
    throw new TimeoutException("no item on " + channel + " within " + timeout);
  }

  private BlockingQueue<Signal<Object>> requested() {
    if (!subscribed) {
      subscribed = true;
      channel.receiveUnheld(inbox);
    }
    inbox.requestIfIdle();
    return inbox.signals;
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

  private static final class Inbox extends BaseSubscriber<Object> {

    private final BlockingQueue<Signal<Object>> signals = new LinkedBlockingQueue<>();
    private boolean outstanding;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // Requested as receive is called.
    }

    @Override
    protected void hookOnNext(Object item) {
      signals.add(Signal.next(item));
    }

    @Override
    protected void hookOnComplete() {
      signals.add(Signal.complete());
    }

    @Override
    protected void hookOnError(Throwable error) {
      signals.add(Signal.error(error));
    }

    void requestIfIdle() {
      if (!outstanding) {
        outstanding = true;
        request(1);
      }
    }

    Optional<Object> itemOf(Signal<Object> signal) {
      Object item = signal.get();
      if (item != null) {
        outstanding = false;
        return Optional.of(item);
      }
      // The end stays: every later call meets it too.
      signals.add(signal);
      Throwable error = signal.getThrowable();
      if (error != null) {
        throw Blocking.unwrapped(error);
      }
      return Optional.empty();
    }
  }
}
