package io.execnet.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processes that this run of tests has started, however they ended up: workers whose sshd is
 * gone, servers and services are no descendants of this JVM. They are known by a variable in their
 * environment, which the build sets, a value for each JVM of tests.
 */
public final class TestRun {

  private static final String NAME = "EXECNET_TEST_RUN";

  private TestRun() {}

  /** {@code NAME=value}, for those who hand on no environment by themselves. */
  public static Optional<String> mark() {
    return Optional.ofNullable(System.getenv(NAME)).map(value -> NAME + "=" + value);
  }

  /** All that live; where there is no mark, the descendants of this JVM. */
  public static Set<ProcessHandle> processes() {
    Stream<ProcessHandle> descendants = ProcessHandle.current().descendants();
    return Stream.concat(descendants, mark().stream().flatMap(TestRun::marked))
        .filter(process -> !process.equals(ProcessHandle.current()))
        .collect(Collectors.toSet());
  }

  private static Stream<ProcessHandle> marked(String mark) {
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process).contains("\0" + mark + "\0"));
  }

  /** As it was when the process began; nothing of one that is not ours to look at. */
  private static String environment(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", String.valueOf(process.pid()), "environ");
      return "\0" + new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
