package io.execnet.reactive;

import io.execnet.core.protocol.Outstanding;
import io.execnet.transport.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The window of a channel without credit: above its limits it closes the gateway's {@link
 * ReadGate}, for all channels; with half of them taken it opens it again.
 */
final class GateWindow extends ReceiveWindow {

  private final EventLoop loop;
  private final ReadGate gate;
  private final int maxItems;
  private final int maxBytes;

  private final AtomicInteger items = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean reopening = new AtomicBoolean();

  GateWindow(EventLoop loop, ReadGate gate, GroupOptions options, Runnable onFull) {
    super(loop, onFull);
    this.loop = loop;
    this.gate = gate;
    this.maxItems = options.receiveBuffer();
    this.maxBytes = options.receiveBufferBytes();
  }

  @Override
  void added(int size) {
    int count = items.incrementAndGet();
    long total = bytes.addAndGet(size);
    if (!isFull() && (count >= maxItems || total >= maxBytes)) {
      gate.close();
      fill();
      // Whoever took items meanwhile may not have seen that it is full.
      reopenIfTaken();
    }
  }

  @Override
  void removed(int size) {
    items.decrementAndGet();
    bytes.addAndGet(-size);
    if (isFull() && isHalfTaken() && reopening.compareAndSet(false, true)) {
      loop.execute(this::reopenIfTaken);
    }
  }

  @Override
  Outstanding held() {
    return new Outstanding(items.get(), bytes.get());
  }

  @Override
  void release() {
    if (isFull()) {
      open();
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
