package io.execnet.benchmarks.scale;

import io.execnet.reactive.Gateway;
import java.time.Duration;

/** Microseconds each: on the clock, of the processor in this JVM, and of it in the worker. */
record Cost(double clock, double jvm, double worker) {

  /** Work that is done a number of times in one go. */
  interface Work {
    void run() throws InterruptedException;
  }

  /** Of work that does a number of things, which is done again until it took so long. */
  static Cost of(Gateway gateway, int things, Duration least, Work work)
      throws InterruptedException {
    Usage first = Usage.of(gateway);
    Usage before = Usage.of(gateway);
    Usage asking = before.since(first);
    long done = 0;
    do {
      work.run();
      done += things;
    } while (System.nanoTime() - before.nanos() < least.toNanos());
    Usage used = Usage.of(gateway).since(before).since(asking);
    return new Cost(used.nanos() / 1e3 / done, used.jvm() / 1e3 / done, used.worker() / 1e3 / done);
  }

  Cost times(double factor) {
    return new Cost(clock * factor, jvm * factor, worker * factor);
  }

  /** For work of which the worker that was asked did only one part of so many. */
  Cost timesThere(int parts) {
    return new Cost(clock, jvm, worker * parts);
  }

  /** As cells: the three, and how the JVM's processor time compares with the worker's. */
  String cells() {
    return "%.2f | %.2f | %.2f | %.2f".formatted(clock, jvm, worker, jvm / worker);
  }
}
