package io.execnet.core.value;

/**
 * How Python strings of the two kinds are read; the payload of a RECONFIGURE message.
 *
 * @param py2strAsPy3str a Python 2 {@code str} is read as Latin-1 text (else as bytes)
 * @param py3strAsPy2str a Python 3 {@code str} is read as its UTF-8 bytes (else as text)
 */
public record StringCoercion(boolean py2strAsPy3str, boolean py3strAsPy2str) {

  /** What channels start with: text stays text. */
  public static final StringCoercion DEFAULT = new StringCoercion(true, false);
}
