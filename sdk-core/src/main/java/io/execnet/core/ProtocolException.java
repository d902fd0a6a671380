package io.execnet.core;

/**
 * The byte stream can't be followed any further (an impossible length, a type that is none): what
 * comes after it has no meaning, so the gateway is lost.
 */
public final class ProtocolException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  /** Creates the error with a message that names the field and where it stood in the stream. */
  public ProtocolException(String message) {
    super(message, null);
  }
}
