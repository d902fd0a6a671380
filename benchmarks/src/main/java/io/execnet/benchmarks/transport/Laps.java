package io.execnet.benchmarks.transport;

import java.util.Arrays;

/** How long each took of so many that come one after the other. */
final class Laps {

  private final long[] nanos;
  private int done;
  private long last = System.nanoTime();

  Laps(int count) {
    nanos = new long[count];
  }

  /** The next is done. */
  void next() {
    long now = System.nanoTime();
    nanos[done++] = now - last;
    last = now;
  }

  /** The seconds for all of them; of the tail, if each had taken what the 99th percentile does. */
  double seconds(Workload.Kind kind) {
    if (kind == Workload.Kind.TAIL) {
      Arrays.sort(nanos);
      return nanos[nanos.length * 99 / 100] * nanos.length / 1e9;
    }
    return Arrays.stream(nanos).sum() / 1e9;
  }
}
