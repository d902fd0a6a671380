package io.execnet.transport.shell;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The signals that end processes, by the numbers that Linux and macOS agree on. */
public final class Signals {

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(7, "SIGBUS"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(10, "SIGUSR1"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(12, "SIGUSR2"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"));

  private Signals() {}

  /** The name of a number, like {@code SIGKILL}. */
  public static Optional<String> name(int number) {
    return Optional.ofNullable(NAMES.get(number));
  }

  /** The number of a name, like {@code SIGKILL}. */
  public static OptionalInt number(String name) {
    return NAMES.entrySet().stream()
        .filter(it -> it.getValue().equals(name))
        .mapToInt(Map.Entry::getKey)
        .findFirst();
  }
}
