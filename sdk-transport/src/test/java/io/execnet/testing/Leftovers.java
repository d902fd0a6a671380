package io.execnet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * What this JVM and the processes of its tests hold at one moment, that a closed gateway must not
 * leave behind: processes, threads and descriptors, each as often as it is there, and folders.
 */
public final class Leftovers {

  /**
   * Threads that all gateways share and that stay for a while, or that belong to no gateway. All of
   * ours have names; the JDK's asynchronous channels, which SSH servers of tests use, give none.
   */
  private static final Pattern SHARED_THREADS =
      Pattern.compile(
          "(shared-execnet|reactor-|boundedElastic|parallel-|process reaper|globalEventExecutor"
              + "|ForkJoinPool|awaitility|surefire|junit|Common-Cleaner|Cleaner-|Attach Listener|RMI"
              + "|CompletableFutureDelayScheduler|sshd-|(Innocuous)?Thread-\\d).*");

  private final Set<ProcessHandle> processes = TestRun.processes();
  private final List<String> held = held(processes);

  private Leftovers() {}

  /** Takes stock. */
  public static Leftovers now() {
    return new Leftovers();
  }

  /** Waits until nothing is left that was not there at that moment; fails with what is. */
  public void awaitNoMore() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(100)) // it reads what all processes have open
        .untilAsserted(() -> assertThat(left()).as("left").isEmpty());
  }

  private List<String> left() {
    List<String> left = ProcessState.minus(held(processes), held);
    TestRun.processes().stream()
        .filter(process -> !processes.contains(process))
        .map(ProcessHandle::pid)
        .forEach(pid -> left.add("process " + pid + " " + ProcessState.commandLine(pid)));
    return left;
  }

  private static List<String> held(Set<ProcessHandle> others) {
    List<String> held = new ArrayList<>(ProcessState.descriptors(ProcessHandle.current().pid()));
    others.forEach(other -> held.addAll(ProcessState.held(other.pid())));
    Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !SHARED_THREADS.matcher(name).matches())
        .forEach(name -> held.add("thread " + name));
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("execnet-" + ProcessHandle.current().pid() + "-"))
          .forEach(name -> held.add("folder " + name));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return held;
  }
}
