package io.execnet.core.value;

/** A value can be sent, but not in Python's {@code marshal} format. */
public final class NoMarshalFormException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The one instance: who sends it in another form wants to know no more. */
  static final NoMarshalFormException INSTANCE = new NoMarshalFormException();

  private NoMarshalFormException() {
    super("no form in Python's marshal format", null, false, false);
  }
}
