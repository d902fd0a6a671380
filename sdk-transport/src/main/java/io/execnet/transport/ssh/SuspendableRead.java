package io.execnet.transport.ssh;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The next read of a stream whose reading can be suspended. Each is made once, at once or when
 * reading goes on; one that is on its way goes on. Any thread, without a lock.
 */
final class SuspendableRead {

  private final Runnable read;
  private final AtomicBoolean suspended = new AtomicBoolean();
  private final AtomicBoolean due = new AtomicBoolean();

  SuspendableRead(Runnable read) {
    this.read = read;
  }

  /** The last one has been answered. */
  void next() {
    due.set(true);
    if (!suspended.get()) {
      makeIfDue();
    }
  }

  void suspend() {
    suspended.set(true);
  }

  void resume() {
    suspended.set(false);
    makeIfDue();
  }

  private void makeIfDue() {
    if (due.compareAndSet(true, false)) {
      read.run();
    }
  }
}
