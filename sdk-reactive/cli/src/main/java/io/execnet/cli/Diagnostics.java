package io.execnet.cli;

import io.execnet.core.RemoteException;
import io.execnet.transport.OutputLine;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Everything that goes to standard error, line by line: what workers print, remote tracebacks, our
 * own messages, and below them the progress bar. Thread-safe.
 */
final class Diagnostics {

  private static final String CLEAR_LINE = "\r\033[K";
  private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

  private final PrintStream err;
  private boolean debug;
  private volatile boolean silent;
  private String status = "";

  Diagnostics(OutputStream err) {
    this.err = new PrintStream(err, false, StandardCharsets.UTF_8);
  }

  /** Shows Java stack traces too. */
  synchronized void debug(boolean on) {
    debug = on;
  }

  /** Says nothing more of itself, as that would be the noise of a command that is being stopped. */
  void silence() {
    Thread clearing = new Thread(() -> status(""), "execnet-silence");
    clearing.setDaemon(true);
    clearing.start();
    // whoever does not read standard error must not keep Ctrl-C from ending the workers
    try {
      clearing.join(LONGEST_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    silent = true;
  }

  /** A message of the command itself. */
  void say(String message) {
    print("execnet: ", message);
  }

  /** A line that a worker printed. */
  synchronized void output(OutputLine line) {
    write(prefix(line.gatewayId()), line.text());
  }

  /** A message about one gateway. */
  void say(String gatewayId, String message) {
    print(prefix(gatewayId), "execnet: " + message);
  }

  /** What went wrong on one gateway: the remote traceback where there is one. */
  void failure(String gatewayId, Throwable error) {
    if (error instanceof RemoteException remote) {
      print(prefix(gatewayId), remote.remoteText());
      trace(error);
    } else {
      say(gatewayId, error);
    }
  }

  /** What went wrong. */
  void failure(Throwable error) {
    if (error instanceof RemoteException remote) {
      print(remote.gatewayId().map(Diagnostics::prefix).orElse(""), remote.remoteText());
    } else {
      say(Failures.message(error));
    }
    trace(error);
  }

  private void say(String gatewayId, Throwable error) {
    say(gatewayId, Failures.message(error));
    trace(error);
  }

  /** Shows this as the last line, or nothing there if it is empty. */
  synchronized void status(String line) {
    if (silent || line.equals(status)) {
      return;
    }
    status = line;
    err.print(CLEAR_LINE + line);
    err.flush();
  }

  /** Writes to the same terminal by other means, without the status in the way. */
  synchronized void aside(Runnable writing) {
    String shown = status;
    status("");
    writing.run();
    status(shown);
  }

  /** The stack trace, if such are wanted. */
  synchronized void trace(Throwable error) {
    if (debug && !silent) {
      aside(() -> error.printStackTrace(err));
      err.flush();
    }
  }

  private static String prefix(String gatewayId) {
    return "[" + gatewayId + "] ";
  }

  private synchronized void print(String prefix, String text) {
    if (!silent) {
      write(prefix, text);
    }
  }

  private void write(String prefix, String text) {
    StringBuilder lines = new StringBuilder(status.isEmpty() ? "" : CLEAR_LINE);
    text.stripTrailing().lines().forEach(line -> lines.append(prefix).append(line).append('\n'));
    if (text.isBlank()) {
      lines.append(prefix).append('\n');
    }
    err.print(lines.append(status));
    err.flush();
  }
}
