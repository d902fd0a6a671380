package io.execnet.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, with nothing on its standard input. */
public final class Command {

  private Command() {}

  /**
   * What a program left behind.
   *
   * @param status its exit status; -1 where it did not start or was killed for taking too long
   * @param output its standard output and standard error, as they came
   */
  public record Result(int status, String output) {}

  /** Runs the program, at most for so long. */
  public static Result run(Duration timeout, String... command) {
    Path output = null;
    try {
      output = Files.createTempFile("execnet-test", ".out");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
      return new Result(ended ? process.exitValue() : -1, text);
    } catch (IOException e) {
      return new Result(-1, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("interrupted: " + command[0]));
    } finally {
      if (output != null) {
        output.toFile().delete();
      }
    }
  }
}
