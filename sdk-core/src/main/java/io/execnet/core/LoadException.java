package io.execnet.core;

import org.jspecify.annotations.Nullable;

/**
 * A payload that is no valid value, or a value that can't be bound to the type that was asked for.
 * On a channel it ends that channel alone.
 */
public final class LoadException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  /** Creates the error with a message that says what was wrong and at which byte or path. */
  public LoadException(String message) {
    super(message, null);
  }

  /** Creates the error for a failed binding, with what the binder said as its cause. */
  public LoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
