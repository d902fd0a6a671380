package io.execnet.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the system tells of a process; nothing of one that has ended, or where there is no /proc.
 */
public final class ProcessState {

  /** Files that a program opens when it first needs them. */
  private static final Pattern LOADED = Pattern.compile(".*\\.(jar|so)|/proc/.*|/dev/u?random|");

  private ProcessState() {}

  /** Its descriptors, by what they lead to, and its threads; each as often as it is there. */
  public static List<String> held(long pid) {
    List<String> held = new ArrayList<>(descriptors(pid));
    read(pid, "status")
        .lines()
        .filter(line -> line.startsWith("Threads:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .forEach(
            count -> Stream.generate(() -> "thread of " + pid).limit(count).forEach(held::add));
    return held;
  }

  /** What is there now and was not before, or not as often. */
  public static List<String> minus(List<String> now, List<String> before) {
    List<String> rest = new ArrayList<>(now);
    before.forEach(rest::remove); // one of each
    return rest;
  }

  /** Its descriptors, but for those of libraries. */
  static List<String> descriptors(long pid) {
    try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
      return all.map(ProcessState::target)
          .filter(target -> !LOADED.matcher(target).matches())
          .map(target -> "descriptor of " + pid + " to " + target)
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  /** Whether a signal has stopped it, so that it does nothing until another one. */
  public static boolean isStopped(long pid) {
    String stat = read(pid, "stat"); // where a name may have anything in it
    return stat.startsWith(") T", stat.lastIndexOf(')'));
  }

  static String commandLine(long pid) {
    return read(pid, "cmdline").replace('\0', ' ');
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), file));
    } catch (IOException e) {
      return "";
    }
  }
}
