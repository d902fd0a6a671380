package io.execnet.core;

/** A spec that can't be used; the message quotes the part that is wrong. */
public final class XSpecException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  /** Creates the error with a message that quotes the offending part. */
  public XSpecException(String message) {
    super(message, null);
  }
}
