package io.execnet.reactive;

import io.execnet.transport.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much one channel holds that nobody has taken yet. Above its limits it closes the gateway's
 * {@link ReadGate}; with half of them taken it opens it again.
 */
final class ReceiveWindow {

  private final EventLoop loop;
  private final ReadGate gate;
  private final int maxItems;
  private final int maxBytes;
  private final Runnable onFull;

  private final AtomicInteger items = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean reopening = new AtomicBoolean();
  private volatile boolean full;

  /**
   * Creates an empty window.
   *
   * @param onFull run on the event loop each time the limits are passed
   */
  ReceiveWindow(EventLoop loop, ReadGate gate, GroupOptions options, Runnable onFull) {
    this.loop = loop;
    this.gate = gate;
    this.maxItems = options.receiveBuffer();
    this.maxBytes = options.receiveBufferBytes();
    this.onFull = onFull;
  }

  /** An item was put in; on the event loop only. */
  void added(int size) {
    int count = items.incrementAndGet();
    long total = bytes.addAndGet(size);
    if (!full && (count >= maxItems || total >= maxBytes)) {
      full = true;
      gate.close();
      onFull.run();
      // Whoever took items meanwhile may not have seen that it is full.
      reopenIfTaken();
    }
  }

  /** An item was taken out; on any thread. */
  void removed(int size) {
    items.decrementAndGet();
    bytes.addAndGet(-size);
    if (full && isHalfTaken() && reopening.compareAndSet(false, true)) {
      loop.execute(this::reopenIfTaken);
    }
  }

  /** Whoever took items takes no more; on any thread. */
  void receiverLeft() {
    if (full) {
      loop.execute(
          () -> {
            if (full) {
              onFull.run();
            }
          });
    }
  }

  boolean isFull() {
    return full;
  }

  /** Nothing more will be put in, so it can hold nobody up; on the event loop only. */
  void release() {
    if (full) {
      full = false;
      gate.open();
    }
  }

  private void reopenIfTaken() {
    reopening.set(false);
    if (isHalfTaken()) {
      release();
    }
  }

  private boolean isHalfTaken() {
    return items.get() <= maxItems / 2 && bytes.get() <= maxBytes / 2;
  }
}
