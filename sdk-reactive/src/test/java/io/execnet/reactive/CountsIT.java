package io.execnet.reactive;

import static io.execnet.reactive.Opening.open;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.execnet.testing.Prerequisites;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/**
 * What a small item in a stream takes, counted rather than timed, against gross regressions: each
 * bound is a few times what is usual. What disturbs only adds, so the least of some runs is taken.
 */
@Timeout(120)
class CountsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ITEMS = 10_000;
  private static final int RUNS = 5;

  private enum Way {
    FROM_WORKER,
    TO_WORKER
  }

  /** System calls that read and write, at either end, and bytes of the heap that were allocated. */
  private record Counts(double worker, double here, double allocated) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Counts now(long worker) throws IOException {
      long[] allocated = THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds());
      return new Counts(
          systemCalls(worker),
          systemCalls(ProcessHandle.current().pid()),
          Arrays.stream(allocated).filter(bytes -> bytes > 0).sum());
    }

    private static long systemCalls(long pid) throws IOException {
      return Files.readAllLines(io(pid)).stream()
          .filter(line -> line.startsWith("syscr:") || line.startsWith("syscw:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }

    static Path io(long pid) {
      return Path.of("/proc", String.valueOf(pid), "io");
    }

    Counts perItemSince(Counts before) {
      return new Counts(
          (worker - before.worker) / ITEMS,
          (here - before.here) / ITEMS,
          (allocated - before.allocated) / ITEMS);
    }

    Counts orLess(Counts other) {
      return new Counts(
          Math.min(worker, other.worker),
          Math.min(here, other.here),
          Math.min(allocated, other.allocated));
    }
  }

  private final Group group = Group.create();
  private Gateway gateway;
  private long worker;

  @BeforeEach
  void openOne() {
    gateway = open(group, "popen");
    worker = gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
    Prerequisites.require(Files.isReadable(Counts.io(worker)), "a Linux with /proc/<pid>/io");
  }

  @AfterEach
  void close() {
    group.close();
  }

  @ParameterizedTest
  @EnumSource
  void aSmallItemTakesFewSystemCallsAndLittleMemory(Way way) throws IOException {
    stream(way);
    Counts least = null;
    for (int i = 0; i < RUNS; i++) {
      Counts before = Counts.now(worker);
      stream(way);
      Counts counts = Counts.now(worker).perItemSince(before);
      least = least == null ? counts : least.orLess(counts);
    }
    System.out.println(way + ", per item: " + least);
    assertThat(least).isNotNull();
    assertThat(least.worker).as("reads and writes there; usually 0.004 to 0.012").isLessThan(0.05);
    assertThat(least.here).as("reads and writes here; usually 0.004 to 0.03").isLessThan(0.1);
    assertThat(least.allocated).as("bytes allocated here; usually 130 to 250").isLessThan(750);
  }

  private void stream(Way way) {
    switch (way) {
      case FROM_WORKER ->
          assertThat(
                  gateway
                      .remoteExec("for i in range(%d): channel.send(i)".formatted(ITEMS))
                      .receive()
                      .count()
                      .block(PATIENCE))
              .isEqualTo(ITEMS);
      case TO_WORKER ->
          assertThat(
                  gateway
                      .remoteExec("channel.send(sum(1 for item in channel))")
                      .exchange(Flux.range(0, ITEMS), Long.class)
                      .blockLast(PATIENCE))
              .isEqualTo(ITEMS);
    }
  }
}
