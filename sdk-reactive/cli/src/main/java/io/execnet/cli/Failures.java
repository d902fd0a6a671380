package io.execnet.cli;

import java.io.UncheckedIOException;
import java.util.concurrent.TimeoutException;
import reactor.core.Exceptions;

/** What errors mean to somebody who has never seen the Java behind them. */
final class Failures {

  private Failures() {}

  /** What Reactor wrapped to carry it through. */
  static Throwable unwrap(Throwable error) {
    return Exceptions.unwrap(error);
  }

  /** What went wrong, in words. */
  static String message(Throwable error) {
    if (error instanceof UncheckedIOException io && io.getCause() != null) {
      return io.getMessage() + ": " + describe(io.getCause());
    }
    if (error instanceof TimeoutException && error.getMessage() == null) {
      return "timed out";
    }
    return describe(error);
  }

  /** One line of it, for a line of output. */
  static String firstLine(Throwable error) {
    return message(error).lines().findFirst().orElse("");
  }

  private static String describe(Throwable error) {
    String message = error.getMessage();
    String name = error.getClass().getSimpleName();
    if (message == null) {
      return name;
    }
    return isOurs(error) ? message : name + ": " + message;
  }

  private static boolean isOurs(Throwable error) {
    return error instanceof io.execnet.core.ExecnetException
        || error instanceof ValueJsonException
        || error instanceof TimeoutException;
  }
}
