package io.execnet.benchmarks.transport;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stock execnet with its own worker, in Python processes that measure themselves. */
final class StockMaster implements Contender {

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter jobs;
  private final String version;
  private final String suffix;

  /** Starts it with one gateway that this spec opens; fails if this Python has no execnet. */
  StockMaster(String python, String spec) throws IOException {
    this(python, spec, "", 1);
  }

  /**
   * Starts it.
   *
   * @param suffix what its name has after the version
   * @param atOnce how many gateways it opens at a time
   */
  StockMaster(String python, String spec, String suffix, int atOnce) throws IOException {
    this.suffix = suffix;
    process =
        new ProcessBuilder(
                python, "-c", RemoteSource.read("stock_master.py"), spec, Integer.toString(atOnce))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = process.inputReader();
    jobs = process.outputWriter();
    version = answer();
  }

  /**
   * A Python that can import execnet.
   *
   * @param given the only candidate, or null to look for one
   */
  static Optional<String> python(@Nullable String given) throws InterruptedException {
    List<String> candidates =
        given != null
            ? List.of(given)
            : List.of("sdk-core/target/stock-venv/bin/python", "python3", "/usr/bin/python3");
    for (String python : candidates) {
      String command =
          python.startsWith("sdk-core") ? Path.of(python).toAbsolutePath().toString() : python;
      if (isIn(command)) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }

  private static boolean isIn(String python) throws InterruptedException {
    try {
      Process probe =
          new ProcessBuilder(python, "-c", "import execnet")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String name() {
    return "stock " + version + suffix;
  }

  @Override
  public double seconds(Workload workload) throws IOException {
    Workload.Kind kind = workload.kind();
    String source = RemoteSource.of(kind).replace("\"", "\\\"").replace("\n", "\\n");
    jobs.write(
        "[\"%s\", %d, %d, \"%s\"]%n"
            .formatted(
                kind.name().toLowerCase(Locale.ROOT), workload.size(), workload.count(), source));
    jobs.flush();
    return Double.parseDouble(answer());
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("stock execnet has ended; what it said is above");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    jobs.close();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
