package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that prints more than anybody reads is held up, and nothing of it is lost. */
class FloodIT {

  /** In MB, of which each has 1,000 lines. */
  private static final int PRINTED = 64;

  private static final String CODE =
      "for i in range(%d):\n    for j in range(1000): print('x' * 1000)\n    channel.send(i)"
          .formatted(PRINTED);

  @ParameterizedTest
  @ValueSource(strings = {"", "//io=pipe"})
  void fitsASmallHeapHoweverSlowlyItIsRead(String options) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Cli.LAUNCHER.toString(), "exec", "--raw", "--tx", popen() + options, "-c", CODE);
    builder.environment().put("EXECNET_JAVA_OPTS", "-Xmx32m");
    Process process = builder.start();
    AtomicLong printed = new AtomicLong();
    CompletableFuture<Long> items =
        CompletableFuture.supplyAsync(
            () -> count(process.getInputStream(), printed), Cli::onThreadOfItsOwn);

    BufferedReader err = reader(process.getErrorStream());
    assertThat(err.readLine()).startsWith("[gw0] xxx");
    AtomicLong before = new AtomicLong(-1);
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(60))
        .until(() -> before.getAndSet(printed.get()) == printed.get());
    assertThat(printed.get()).isLessThan(PRINTED / 2);

    AtomicInteger lines = new AtomicInteger(1);
    err.lines().forEach(line -> lines.addAndGet(line.equals("[gw0] " + "x".repeat(1000)) ? 1 : 0));
    assertThat(process.waitFor()).isZero();
    assertThat(lines).hasValue(PRINTED * 1000);
    assertThat(items.join()).isEqualTo(PRINTED);
  }

  private static long count(InputStream in, AtomicLong count) {
    try (BufferedReader lines = reader(in)) {
      while (lines.readLine() != null) {
        count.incrementAndGet();
      }
      return count.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
