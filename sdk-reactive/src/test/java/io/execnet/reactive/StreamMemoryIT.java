package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * No stream is held in memory, at either end, however slow who takes it: a heap of 64 MB and 64 MB
 * of direct memory are enough, and once the stream flows neither process takes more. 10 GB in each
 * direction and size, which takes more than an hour:
 *
 * <pre>mvn -pl sdk-reactive -am verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Dit.test=StreamMemoryIT -Dfailsafe.failIfNoSpecifiedTests=false \
 *   -Dexecnet.stream.bytes=10000000000</pre>
 */
class StreamMemoryIT {

  /**
   * More than what comes and goes, a few items among it, and far less than three quarters of any
   * stream.
   */
  private static long marginKib(int size) {
    return (24 << 10) + 4L * size / 1024;
  }

  /** What both processes have resident when so many hundredths of the items are done. */
  private record Sample(long workerKib, long jvmKib) {}

  @ParameterizedTest
  @CsvSource({
    "receive, 1000, 60000000",
    "receive, 8000000, 400000000",
    "send, 1000, 60000000",
    "send, 8000000, 400000000"
  })
  void neitherEndGrowsWithTheStream(String direction, int size, long usual) throws Exception {
    long bytes = Long.getLong("execnet.stream.bytes", usual);
    List<Sample> samples = new ArrayList<>();
    Process jvm = start(direction, size, bytes, true);
    try (BufferedReader out = output(jvm)) {
      long worker = Long.parseLong(out.readLine());
      String line;
      while ((line = out.readLine()) != null && !line.equals("done")) {
        samples.add(new Sample(residentKib(worker), residentKib(jvm.pid())));
      }
      assertThat(line).isEqualTo("done");
      jvm.getOutputStream().close();
      assertThat(jvm.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(jvm.exitValue()).isZero();
    } finally {
      jvm.destroyForcibly();
    }
    assertFlat(direction + " " + size + ", worker", samples, Sample::workerKib, marginKib(size));
    assertFlat(direction + " " + size + ", JVM", samples, Sample::jvmKib, marginKib(size));
  }

  /** From when it is warm on, and in its second half as in its first. */
  private static void assertFlat(
      String who, List<Sample> samples, ToLongFunction<Sample> kib, long margin) {
    List<Long> all = samples.stream().map(kib::applyAsLong).toList();
    int warm = all.size() / 4;
    long first = all.subList(warm, all.size() / 2).stream().reduce(0L, Math::max);
    long second = all.subList(all.size() / 2, all.size()).stream().reduce(0L, Math::max);
    System.out.printf(
        "%s: %d KiB, then at most %d, and then %d%n", who, all.get(warm), first, second);
    assertThat(all).as(who).doesNotContain(0L);
    assertThat(Math.max(first, second)).as(who).isLessThan(all.get(warm) + margin);
    assertThat(second).as(who).isLessThan(first + margin / 2);
  }

  /** What would be seen, were it held. */
  @Test
  void aWorkerWithoutCreditDoesGrow() throws Exception {
    Process jvm = start("send", 1_000_000, 200_000_000, false);
    try (BufferedReader out = output(jvm)) {
      long worker = Long.parseLong(out.readLine());
      long first = residentKib(worker);
      long last = first;
      while (last < first + 2 * marginKib(8_000_000)) {
        assertThat(out.readLine()).isNotNull().isNotEqualTo("done");
        last = residentKib(worker);
      }
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static Process start(String direction, int size, long bytes, boolean bounded)
      throws IOException {
    return new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                // G1 needs nine regions in a row for 8 MB, which so small a heap may not have
                "-XX:+UseSerialGC",
                // the other compiler takes megabytes for a moment, whenever it thinks best
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxDirectMemorySize=64m",
                "-Dio.netty.maxDirectMemory=64000000",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                StreamProgram.class.getName(),
                direction,
                String.valueOf(size),
                String.valueOf(bytes),
                String.valueOf(bounded)))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader output(Process jvm) {
    return new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
  }

  private static long residentKib(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
