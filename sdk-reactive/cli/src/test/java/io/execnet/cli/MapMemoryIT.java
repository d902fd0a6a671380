package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A map holds neither input nor output in memory. Its length is 200,000 lines, or what {@code
 * -Dexecnet.map.lines=10000000} says.
 */
class MapMemoryIT {

  private static final long LINES = Long.getLong("execnet.map.lines", 200_000);

  /** Far more than pipes, buffers and windows hold, far less than all. */
  private static final long MOST_THAT_MAY_WAIT = 60_000;

  @Test
  void anyNumberOfLinesFitsASmallHeapAndASlowReaderStopsTheInput() {
    Cli.Running running =
        Cli.start(
            Map.of("EXECNET_JAVA_OPTS", "-Xmx64m"),
            "map",
            "--tx",
            popen(2),
            "--concurrency",
            "4",
            "-c",
            "def run(x): return x");
    AtomicLong written = new AtomicLong();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(() -> feed(running, written), Cli::onThreadOfItsOwn);

    assertThat(running.nextLine()).isEqualTo("1");
    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(60))
        .until(stands(written));
    assertThat(written.get()).isLessThan(MOST_THAT_MAY_WAIT);

    for (long i = 2; i <= LINES; i++) {
      assertThat(running.nextLine()).isEqualTo(Long.toString(i));
    }
    writing.join();
    assertThat(running.result().err()).isEmpty();
    assertThat(running.status()).isZero();
  }

  private static java.util.concurrent.Callable<Boolean> stands(AtomicLong counter) {
    AtomicLong before = new AtomicLong(-1);
    return () -> before.getAndSet(counter.get()) == counter.get();
  }

  private static void feed(Cli.Running running, AtomicLong written) {
    try (BufferedWriter in =
        new BufferedWriter(
            new OutputStreamWriter(running.process.getOutputStream(), StandardCharsets.UTF_8))) {
      for (long i = 1; i <= LINES; i++) {
        in.write(Long.toString(i));
        in.write('\n');
        written.set(i);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
