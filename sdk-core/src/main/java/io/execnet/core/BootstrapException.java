package io.execnet.core;

import org.jspecify.annotations.Nullable;

/** A gateway could not be opened. Nothing of it is left: no process, descriptor or file. */
public final class BootstrapException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  /** What went wrong, for callers that handle some of these themselves. */
  public enum Reason {
    /** There is no such interpreter or command. */
    INTERPRETER_NOT_FOUND,
    /** The interpreter is older than Python 3.6. */
    INTERPRETER_TOO_OLD,
    /** The other side wrote something else before the worker program answered. */
    UNEXPECTED_OUTPUT,
    /** The interpreter ended before the worker program answered. */
    EXITED,
    /** The worker program did not answer in time. */
    TIMEOUT,
    /** The host could not be reached: no such name, no route, nobody listens there. */
    HOST_NOT_FOUND,
    /** The other side asks for a proof of who we are, and took none that there was. */
    AUTHENTICATION_REFUSED,
    /** The other side could not prove who it is: an unknown or changed host key, a certificate. */
    HOST_KEY_REFUSED,
    /** What the spec asks of the started worker (chdir, nice, env) failed there. */
    SETUP_FAILED
  }

  private final Reason reason;
  private final String detail;
  private final String standardError;

  /**
   * Creates the error.
   *
   * @param message what was tried, and what came of it
   * @param standardError what the interpreter wrote to its standard error, or an empty string
   */
  public BootstrapException(
      Reason reason, String message, String standardError, @Nullable Throwable cause) {
    super(
        standardError.isBlank() ? message : message + "; it wrote:\n" + standardError.strip(),
        cause);
    this.reason = reason;
    this.detail = message;
    this.standardError = standardError;
  }

  /** The same error, with a message that says which gateway it was that could not be opened. */
  public BootstrapException of(String gatewayId, String spec) {
    BootstrapException named =
        new BootstrapException(
            reason,
            "can't open " + gatewayId + " (" + spec + "): " + detail,
            standardError,
            getCause());
    named.setStackTrace(getStackTrace());
    return named;
  }

  /** What went wrong. */
  public Reason reason() {
    return reason;
  }

  /** What the interpreter wrote to its standard error; empty if it wrote nothing. */
  public String standardError() {
    return standardError;
  }
}
