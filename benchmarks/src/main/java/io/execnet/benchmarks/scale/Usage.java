package io.execnet.benchmarks.scale;

import com.sun.management.OperatingSystemMXBean;
import io.execnet.reactive.Gateway;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What both ends have used so far.
 *
 * @param nanos on the clock
 * @param jvm nanoseconds of the processor in all threads of this JVM, so that its compiler and
 *     collector count
 * @param worker nanoseconds of the processor in the worker
 * @param resident bytes that the worker has in memory now, or 0 where the system does not tell
 */
record Usage(long nanos, long jvm, long worker, long resident) {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final String GETRUSAGE =
      """
      import resource
      used = resource.getrusage(resource.RUSAGE_SELF)
      try: # ru_maxrss also counts what its parent had
          with open('/proc/self/statm') as statm:
              resident = int(statm.read().split()[1]) * resource.getpagesize()
      except OSError:
          resident = 0
      channel.send([int((used.ru_utime + used.ru_stime) * 1000000000), resident])
      """;

  static Usage of(Gateway gateway) {
    List<?> used =
        Objects.requireNonNull(
            gateway.remoteExec(GETRUSAGE).receive(List.class).blockFirst(PATIENCE));
    return new Usage(
        System.nanoTime(),
        SYSTEM.getProcessCpuTime(),
        (Long) Objects.requireNonNull(used.get(0)),
        (Long) Objects.requireNonNull(used.get(1)));
  }

  /** What was used since; memory is as it is. */
  Usage since(Usage before) {
    return new Usage(nanos - before.nanos, jvm - before.jvm, worker - before.worker, resident);
  }
}
