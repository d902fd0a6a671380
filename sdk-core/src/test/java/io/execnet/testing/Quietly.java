package io.execnet.testing;

import java.util.concurrent.CountDownLatch;

/** Waits where no exception may be thrown. */
public final class Quietly {

  private Quietly() {}

  /** Waits for it, or for an interrupt. */
  public static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
