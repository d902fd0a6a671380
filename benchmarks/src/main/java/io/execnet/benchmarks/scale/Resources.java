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

  static String megabytes(long bytes) {
    return "%.1f MB".formatted(bytes / 1e6);
  }
}
