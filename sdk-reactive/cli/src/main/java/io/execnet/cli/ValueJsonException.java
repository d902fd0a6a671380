package io.execnet.cli;

/** A value that has no JSON form, or JSON that is no value; the message says what and where. */
final class ValueJsonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ValueJsonException(String message) {
    super(message);
  }
}
