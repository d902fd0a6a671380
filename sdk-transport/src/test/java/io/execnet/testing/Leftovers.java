package io.execnet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What this JVM holds at one moment that a closed gateway must not leave behind. */
public final class Leftovers {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final Set<String> descriptors = descriptors();
  private final Set<Long> processes = processes();
  private final Set<String> threads = threads();
  private final Set<String> folders = folders();

  private Leftovers() {}

  /** Takes stock. */
  public static Leftovers now() {
    return new Leftovers();
  }

  /** Waits until nothing is left that was not there at that moment; fails with what is. */
  public void awaitNoMore() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              Leftovers now = now();
              assertThat(minus(now.processes, processes)).as("processes").isEmpty();
              assertThat(minus(now.threads, threads)).as("threads").isEmpty();
              assertThat(minus(now.folders, folders)).as("folders").isEmpty();
              assertThat(minus(now.descriptors, descriptors)).as("descriptors").isEmpty();
            });
  }

  private static <T> Set<T> minus(Set<T> all, Set<T> known) {
    Set<T> rest = new TreeSet<>(all);
    rest.removeAll(known);
    return rest;
  }

  /** Sockets and pipes, by their number in the kernel; where there is no /proc, none. */
  private static Set<String> descriptors() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.map(Leftovers::target)
          .filter(target -> target.startsWith("socket:") || target.startsWith("pipe:"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static Set<Long> processes() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("execnet-"))
        .collect(Collectors.toSet());
  }

  private static Set<String> folders() {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("execnet-" + ProcessHandle.current().pid() + "-"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
