package io.execnet.core.value;

import io.execnet.core.DumpException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DumpException} in the making: the path to the value grows while the encoder unwinds, so
 * that values without a failure pay nothing for it.
 */
final class DumpFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_PATH = 500;

  private final String what;
  private final String advice;
  private final StringBuilder path = new StringBuilder();

  DumpFailure(String what, String advice) {
    this(what, advice, null);
  }

  private DumpFailure(String what, String advice, @Nullable Throwable cause) {
    super(what, cause, false, false);
    this.what = what;
    this.advice = advice;
  }

  /** Any exception as one of these: the user's collections and records may throw what they like. */
  static DumpFailure of(RuntimeException e) {
    if (e instanceof DumpFailure failure) {
      return failure;
    }
    return e instanceof DumpException
        ? new DumpFailure(String.valueOf(e.getMessage()), "", e)
        : new DumpFailure("reading the value failed (" + e + ")", "", e);
  }

  /** Adds one step, from the inside outwards. */
  DumpFailure at(String step) {
    if (path.length() < LONGEST_PATH) {
      path.insert(0, step);
    } else if (path.charAt(0) != '…') {
      path.insert(0, '…');
    }
    return this;
  }

  DumpException toException() {
    StringBuilder message = new StringBuilder(what);
    if (!path.isEmpty()) {
      message.append(" at ").append(path);
    }
    if (!advice.isEmpty()) {
      message.append(": ").append(advice);
    }
    return new DumpException(message.toString(), getCause());
  }
}
