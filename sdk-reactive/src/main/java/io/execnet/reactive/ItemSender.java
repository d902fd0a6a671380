package io.execnet.reactive;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.util.concurrent.Queues;

/**
 * Sends the items of a source, one after the other. Of the source it requests no more than the
 * channel has room for, so that the other side's demand is what the source sees; and few where they
 * are large, for they wait here.
 */
final class ItemSender extends BaseSubscriber<Object> {

  private static final int PREFETCH = 256;

  private final ChannelState channel;
  private final MonoSink<Void> result;
  private final Queue<Object> arrived = Queues.<Object>get(PREFETCH).get();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile boolean ended;
  private volatile boolean stopped;
  private @Nullable Throwable error;

  // on the event loop
  private int requested;
  private int prefetch = 1; // until it is known how large they are
  private @Nullable Runnable waiting;
  private boolean finished;

  ItemSender(ChannelState channel, MonoSink<Void> result) {
    this.channel = channel;
    this.result = result;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    goOn();
  }

  @Override
  protected void hookOnNext(Object item) {
    if (!arrived.offer(item)) {
      throw Exceptions.failWithOverflow("the source sent more than was requested");
    }
    goOn();
  }

  @Override
  protected void hookOnComplete() {
    ended = true;
    goOn();
  }

  @Override
  protected void hookOnError(Throwable cause) {
    error = cause;
    ended = true;
    goOn();
  }

  /** Sends nothing more, not even what has arrived already. */
  void stop() {
    stopped = true;
    cancel();
    channel.gateway().threads().loop().execute(this::leaveQueue);
  }

  private void leaveQueue() {
    Runnable task = waiting;
    if (task != null) {
      waiting = null;
      channel.sendQueue().remove(task);
    }
  }

  /** On any thread. */
  private void goOn() {
    if (pending.getAndIncrement() == 0) {
      channel.gateway().threads().loop().execute(this::drain);
    }
  }

  private void drain() {
    int missed = pending.get();
    do {
      if (!finished && !stopped) {
        try {
          step();
        } catch (RuntimeException | Error e) { // the source can't be asked
          fail(e);
        }
      }
      missed = pending.addAndGet(-missed);
    } while (missed != 0);
  }

  private void step() {
    boolean last = ended; // asked first, so that no item behind it is missed
    if (last && arrived.isEmpty()) {
      leaveQueue();
      finish(error);
    } else if (waiting == null && !arrived.isEmpty()) {
      await(this::sendNext);
    } else if (waiting == null) {
      requestMore();
    }
  }

  private void await(Runnable task) {
    waiting = task;
    channel.sendQueue().whenRoom(task);
  }

  private void sendNext() {
    waiting = null;
    Object item = stopped ? null : arrived.poll();
    if (item == null) {
      return;
    }
    requested--;
    try {
      int bytes = Math.max(1, channel.sendNow(item));
      int fit = channel.gateway().options().sendBufferBytes() / bytes;
      prefetch = Math.max(1, Math.min(PREFETCH, fit));
    } catch (RuntimeException | Error e) { // a value may run anybody's code
      fail(e);
      return;
    }
    goOn();
  }

  private void requestMore() {
    int more = Math.min(prefetch, channel.sendQueue().room()) - requested;
    if (more > 0 && requested <= prefetch / 2) {
      requested += more;
      request(more);
    } else if (requested == 0 && !channel.isClosed()) {
      await(
          () -> {
            waiting = null;
            goOn();
          });
    }
  }

  private void fail(Throwable cause) {
    cancel();
    finish(cause);
  }

  private void finish(@Nullable Throwable cause) {
    finished = true;
    if (cause == null) {
      result.success();
    } else {
      result.error(cause);
    }
  }
}
