package io.execnet.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every Python on this machine: those on the PATH, the system's, and those that pyenv keeps. Each
 * is asked once per JVM what it is; several names of one interpreter count once.
 */
public final class Interpreters {

  private static final String QUESTION =
      "import os,sys,platform;"
          + "print('\\t'.join([sys.executable,os.path.realpath(sys.executable)+sys.prefix,"
          + "platform.python_implementation().lower()]+[str(n) for n in sys.version_info[:3]]))";

  private static @Nullable List<Interpreter> found;

  private Interpreters() {}

  /** The interpreters that a worker can run on (3.6 and later), the PATH's own first. */
  public static List<Interpreter> supported() {
    return all().stream().filter(python -> python.isAtLeast(3, 6)).toList();
  }

  /** The interpreters that are too old for a worker, to test how they are refused. */
  public static List<Interpreter> tooOld() {
    return all().stream().filter(python -> !python.isAtLeast(3, 6)).toList();
  }

  /** One supported interpreter of each version and implementation, oldest first. */
  public static List<Interpreter> onePerVersion() {
    Map<String, Interpreter> byVersion = new LinkedHashMap<>();
    for (Interpreter python : supported()) {
      byVersion.putIfAbsent(
          python.implementation() + python.major() + "." + python.minor(), python);
    }
    return byVersion.values().stream()
        .sorted(
            Comparator.comparing(Interpreter::implementation)
                .thenComparing(Interpreter::major)
                .thenComparing(Interpreter::minor))
        .toList();
  }

  /** What {@code python3} means here; skips the calling test where there is no Python. */
  public static Interpreter defaultInterpreter() {
    List<Interpreter> supported = supported();
    Prerequisites.require(!supported.isEmpty(), "install Python 3.6 or later as python3");
    return supported.get(0);
  }

  private static synchronized List<Interpreter> all() {
    List<Interpreter> answer = found;
    if (answer == null) {
      Map<String, Interpreter> distinct = new LinkedHashMap<>();
      candidates().forEach(candidate -> ask(candidate, distinct));
      answer = List.copyOf(distinct.values());
      found = answer;
    }
    return answer;
  }

  private static List<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    List<Path> folders = new ArrayList<>();
    for (String folder : path.split(File.pathSeparator)) {
      if (!folder.isEmpty()) {
        folders.add(Path.of(folder));
      }
    }
    folders.forEach(folder -> candidates.add(folder.resolve("python3")));
    candidates.add(Path.of("/usr/bin/python3"));
    folders.forEach(folder -> candidates.addAll(list(folder, "{python3.[0-9]*,pypy3,python.exe}")));
    String pyenv = System.getenv("PYENV_ROOT");
    Path root = pyenv == null ? Path.of(System.getProperty("user.home"), ".pyenv") : Path.of(pyenv);
    list(root.resolve("versions"), "*")
        .forEach(version -> candidates.add(version.resolve("bin/python")));
    return candidates.stream().filter(Files::isExecutable).distinct().toList();
  }

  private static List<Path> list(Path folder, String glob) {
    List<Path> names = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
        entries.forEach(names::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    names.removeIf(name -> name.toString().endsWith("-config"));
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private static void ask(Path candidate, Map<String, Interpreter> distinct) {
    Command.Result result =
        Command.run(Duration.ofSeconds(30), candidate.toString(), "-c", QUESTION);
    String[] answer = result.output().strip().split("\t");
    if (result.status() != 0 || answer.length != 6) {
      return; // a shim of a version that is not selected, or no Python at all
    }
    distinct.putIfAbsent(
        answer[1],
        new Interpreter(
            Path.of(answer[0]),
            answer[2],
            Integer.parseInt(answer[3]),
            Integer.parseInt(answer[4]),
            Integer.parseInt(answer[5])));
  }
}
