package io.execnet.benchmarks.transport;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A process of Python that does the work and measures itself: it reads jobs, and answers seconds.
 */
class JobProcess implements Contender {

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter jobs;
  private final String name;
  private final Set<Workload.Kind> kinds;

  /**
   * Starts it; fails if it does not say that it is there.
   *
   * @param name with {@code %s} for what it says of itself first
   */
  JobProcess(String name, List<String> command, Set<Workload.Kind> kinds) throws IOException {
    this.kinds = EnumSet.copyOf(kinds);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    answers = process.inputReader();
    jobs = process.outputWriter();
    this.name = name.formatted(answer());
  }

  /** What the system and Python allow. */
  static JobProcess limits(String python) throws IOException {
    return new JobProcess(
        "bare loops of Python",
        List.of(python, "-c", RemoteSource.read("limits.py")),
        EnumSet.of(Workload.Kind.UPLOAD, Workload.Kind.DOWNLOAD, Workload.Kind.ROUND_TRIP));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean does(Workload workload) {
    return kinds.contains(workload.kind());
  }

  @Override
  public double seconds(Workload workload) throws IOException {
    String source = RemoteSource.of(workload.kind()).replace("\"", "\\\"").replace("\n", "\\n");
    jobs.write(
        "[\"%s\", \"%s\", %d, \"%s\"]%n"
            .formatted(
                workload.kind().name().toLowerCase(Locale.ROOT),
                workload.item().python(),
                workload.count(),
                source));
    jobs.flush();
    return Double.parseDouble(answer());
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("a process of Python has ended; what it said is above");
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
