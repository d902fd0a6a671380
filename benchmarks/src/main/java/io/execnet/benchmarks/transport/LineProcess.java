package io.execnet.benchmarks.transport;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;

/** A process that reads and writes lines; what it says of errors is shown. */
final class LineProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader from;
  private final BufferedWriter to;

  LineProcess(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    from = process.inputReader();
    to = process.outputWriter();
  }

  /** Whether the command can be started and ends well; it says nothing. */
  static boolean succeeds(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }

  /** Sent with the next {@link #flush}. */
  void write(String line) throws IOException {
    to.write(line);
    to.write('\n');
  }

  void flush() throws IOException {
    to.flush();
  }

  /** Its next line; fails if it has ended. */
  String read() throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new IOException("a process has ended; what it said is above");
    }
    return line;
  }

  /** Ends it, whatever it is at. */
  @Override
  public void close() {
    process.destroy();
  }
}
