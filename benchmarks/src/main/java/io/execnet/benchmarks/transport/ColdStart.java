package io.execnet.benchmarks.transport;

import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The first gateway of a JVM, and its second, in new processes by turns: beside stock execnet in a
 * new Python, and beside the same JVM with an archive of the classes that it loads. Argument: how
 * many rounds, 10 if not given.
 */
public final class ColdStart {

  private static final String STOCK =
      """
      import time
      begin = time.perf_counter()
      import execnet
      for _ in range(2):
          gateway = execnet.makegateway()
          gateway.remote_exec("channel.send(1)").receive()
          execnet.default_group.terminate()
          now = time.perf_counter()
          print(now - begin)
          begin = now
      """;

  private final Map<String, List<double[]>> rows = new LinkedHashMap<>();

  private ColdStart() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 2) {
      openTwo(arguments[1]);
    } else {
      System.out.print(run(arguments.length == 0 ? 10 : Integer.parseInt(arguments[0])));
    }
  }

  /** What the new JVM does. */
  private static void openTwo(String spec) {
    long begin = System.nanoTime();
    try (Group group = Group.create(GroupOptions.defaults())) {
      OurOpenings.use(group, spec).block();
      long first = System.nanoTime();
      OurOpenings.use(group, spec).block();
      System.out.println((first - begin) / 1e9);
      System.out.println((System.nanoTime() - first) / 1e9);
    }
  }

  static String run(int rounds) throws IOException, InterruptedException {
    Optional<String> stock = StockMaster.python(null);
    String python = stock.orElse("python3");
    Path archive = Files.createTempDirectory("cold-start").resolve("classes.jsa");
    List<String> jvm = java("popen//python=" + python);
    List<String> archiving = java("popen//python=" + python);
    archiving.add(1, "-XX:ArchiveClassesAtExit=" + archive);
    List<String> archived = java("popen//python=" + python);
    archived.add(1, "-XX:SharedArchiveFile=" + archive);
    seconds(archiving);
    ColdStart report = new ColdStart();
    for (int round = 0; round < rounds; round++) {
      report.add("this SDK in a new JVM", jvm);
      report.add("the same with an archive of its classes", archived);
      if (stock.isPresent()) {
        report.add("stock execnet in a new Python", List.of(python, "-c", STOCK));
      }
      report.add("a new Python", List.of(python, "-c", "print(0);print(0)"));
    }
    Files.deleteIfExists(archive);
    Files.delete(archive.getParent());
    return report.table(rounds);
  }

  private static List<String> java(String spec) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = // an archive can be made of jars alone
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(path -> Files.isRegularFile(Path.of(path)))
            .collect(Collectors.joining(File.pathSeparator));
    return new ArrayList<>(
        List.of(
            java, "-Xlog:disable", "-cp", classes, ColdStart.class.getName(), "open-two", spec));
  }

  private void add(String way, List<String> command) throws IOException, InterruptedException {
    rows.computeIfAbsent(way, key -> new ArrayList<>()).add(seconds(command));
  }

  /** The whole process, and the two numbers that it prints. */
  private static double[] seconds(List<String> command) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    double whole = (System.nanoTime() - begin) / 1e9;
    double[] printed = output.lines().mapToDouble(Double::parseDouble).toArray();
    if (status != 0 || printed.length != 2) {
      throw new UncheckedIOException(
          new IOException("status %d and output %s of %s".formatted(status, output, command)));
    }
    return new double[] {whole, printed[0], printed[1]};
  }

  private String table(int rounds) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Java %s, %d processors, medians of %d rounds%n%n"
            .formatted(Runtime.version(), Runtime.getRuntime().availableProcessors(), rounds));
    text.append("| way | whole process | first gateway | second gateway |\n");
    text.append("| --- | --- | --- | --- |\n");
    rows.forEach(
        (way, times) ->
            text.append(
                "| %s | %.0f ms | %.0f ms | %.0f ms |%n"
                    .formatted(way, median(times, 0), median(times, 1), median(times, 2))));
    return text.toString();
  }

  private static double median(List<double[]> times, int column) {
    double[] sorted = times.stream().mapToDouble(each -> each[column] * 1e3).sorted().toArray();
    return Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
        .average()
        .orElseThrow();
  }
}
