package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Interpreters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Runs {@code sdk-reactive/cli/execnet} as its users do. */
final class Cli {

  /** For what blocks: the common pool may have one thread only. */
  static void onThreadOfItsOwn(Runnable task) {
    Thread thread = new Thread(task, "execnet-test");
    thread.setDaemon(true);
    thread.start();
  }

  static final Path LAUNCHER = Path.of("execnet").toAbsolutePath();

  static final long PATIENCE_SECONDS = 120;

  private Cli() {}

  /** What came of a command. */
  record Result(int status, List<String> out, List<String> err) {}

  /** A spec for the default interpreter itself, without the shim that may stand before it. */
  static String popen() {
    return "popen//python=" + Interpreters.defaultInterpreter().executable();
  }

  /** The same for many. */
  static String popen(int copies) {
    return copies + "*" + popen();
  }

  static Result run(String... args) {
    return runWithInput("", args);
  }

  static Result runWithInput(String input, String... args) {
    Running running = start(Map.of(), args);
    running.write(input);
    return running.result();
  }

  static Running start(Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(args));
    return start(environment, command);
  }

  /** The same, where SIGINT counts: what a script starts in the background ignores it. */
  static Running startInterruptible(String... args) {
    String code =
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
            + " os.execv(sys.argv[1], sys.argv[1:])";
    String python = Interpreters.defaultInterpreter().executable().toString();
    List<String> command = new ArrayList<>(List.of(python, "-c", code, LAUNCHER.toString()));
    command.addAll(List.of(args));
    return start(Map.of(), command);
  }

  static Running start(Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    try {
      return new Running(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command that runs. Its standard error is read all the time, its output when asked for. */
  static final class Running {

    final Process process;
    final BufferedReader out;
    private final CompletableFuture<List<String>> err;

    private Running(Process process) {
      this.process = process;
      out = reader(process.getInputStream());
      err =
          CompletableFuture.supplyAsync(
              () -> reader(process.getErrorStream()).lines().toList(), Cli::onThreadOfItsOwn);
    }

    private static BufferedReader reader(InputStream in) {
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    String nextLine() {
      try {
        String line = out.readLine();
        assertThat(line).as("a line of output").isNotNull();
        return line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Writes this to its standard input, and ends that. */
    void write(String input) {
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // it has ended before it has read all
      }
    }

    /** Waits for its end. */
    Result result() {
      List<String> lines = out.lines().toList();
      return new Result(status(), lines, err.join());
    }

    /** Waits for its exit status. */
    int status() {
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("it has not ended within " + PATIENCE_SECONDS + " seconds");
        }
        return process.exitValue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The processes with these ids that are alive. */
  static List<Long> alive(Stream<Long> pids) {
    Predicate<ProcessHandle> alive = ProcessHandle::isAlive;
    return pids.flatMap(pid -> ProcessHandle.of(pid).stream())
        .filter(alive)
        .map(ProcessHandle::pid)
        .toList();
  }

  /** The number at the end of a line like {@code {"gateway":"gw0","item":42}}. */
  static long item(String line) {
    return Long.parseLong(line.substring(line.lastIndexOf(':') + 1, line.length() - 1));
  }
}
