package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A process of Python that does the work and measures itself: it reads jobs, and answers seconds.
 */
class JobProcess implements Contender {

  private final LineProcess process;
  private final String name;
  private final Set<Workload.Kind> kinds;

  /**
   * Starts it; fails if it does not say that it is there.
   *
   * @param name with {@code %s} for what it says of itself first
   */
  JobProcess(String name, List<String> command, Set<Workload.Kind> kinds) throws IOException {
    this.kinds = EnumSet.copyOf(kinds);
    process = new LineProcess(command);
    this.name = name.formatted(process.read());
  }

  /** What the system and Python allow. */
  static JobProcess limits(String python) throws IOException {
    return new JobProcess(
        "bare loops of Python",
        List.of(python, "-c", RemoteSource.read("limits.py")),
        EnumSet.of(
            Workload.Kind.UPLOAD,
            Workload.Kind.DOWNLOAD,
            Workload.Kind.ROUND_TRIP,
            Workload.Kind.TAIL));
  }

  /** The same for bytes, where who reads them makes a value of each. */
  static JobProcess limitsOfValues(String python) throws IOException {
    return new JobProcess(
        "bare loops of Python, a value each",
        List.of(python, "-c", RemoteSource.read("limits.py"), "values"),
        EnumSet.of(Workload.Kind.UPLOAD, Workload.Kind.DOWNLOAD)) {
      @Override
      public boolean does(Workload workload) {
        return super.does(workload) && workload.item().value() instanceof byte[];
      }
    };
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
    process.write(
        "[\"%s\", \"%s\", %d, \"%s\"]"
            .formatted(
                workload.kind().name().toLowerCase(Locale.ROOT),
                workload.item().python(),
                workload.count(),
                source));
    process.flush();
    return Double.parseDouble(process.read());
  }

  @Override
  public void close() {
    process.close();
  }
}
