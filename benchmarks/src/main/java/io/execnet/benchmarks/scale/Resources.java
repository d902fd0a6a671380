package io.execnet.benchmarks.scale;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/**
 * What this JVM holds.
 *
 * @param threads live threads
 * @param heap bytes that are used after a collection
 * @param descriptors open files and sockets, or -1 where the system does not tell
 */
record Resources(int threads, long heap, long descriptors) {

  /** Collects garbage, then looks. */
  static Resources now() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200); // cleaners act on what was collected, and free more
    }
    Runtime runtime = Runtime.getRuntime();
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return new Resources(
        ManagementFactory.getThreadMXBean().getThreadCount(),
        runtime.totalMemory() - runtime.freeMemory(),
        system instanceof UnixOperatingSystemMXBean unix ? unix.getOpenFileDescriptorCount() : -1);
  }

  String row(String moment) {
    return "| %s | %d | %.1f MB | %d |".formatted(moment, threads, heap / 1e6, descriptors);
  }

  /** What each of so many costs, with this between before and after. */
  String perEach(Resources before, int count) {
    return "| per each | %.2f | %.0f B | %.2f |"
        .formatted(
            (threads - before.threads) / (double) count,
            (heap - before.heap) / (double) count,
            (descriptors - before.descriptors) / (double) count);
  }
}
