package io.execnet.core;

import org.jspecify.annotations.Nullable;

/**
 * A Java value that has no exact Python form, with the path to it ({@code at ['rows'][3]}). Nothing
 * of it was sent, and the channel stays usable.
 */
public final class DumpException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  /** Creates the error with a message that names the value's class and the path to it. */
  public DumpException(String message) {
    super(message, null);
  }

  /** Creates the error for a value that failed while it was read, with what it threw. */
  public DumpException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
