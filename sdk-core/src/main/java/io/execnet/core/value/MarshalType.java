package io.execnet.core.value;

/** The types of Python's {@code marshal} format, version 2, that values have. */
final class MarshalType {

  static final byte NONE = 'N';
  static final byte TRUE = 'T';
  static final byte FALSE = 'F';

  /** An int of 32 bits. */
  static final byte INT = 'i';

  /** An int of any size, in digits of 15 bits. */
  static final byte LONG = 'l';

  static final byte FLOAT = 'g';
  static final byte COMPLEX = 'y';
  static final byte BYTES = 's';
  static final byte TEXT = 'u';
  static final byte LIST = '[';
  static final byte TUPLE = '(';
  static final byte SET = '<';
  static final byte FROZENSET = '>';
  static final byte DICT = '{';

  /** What stands in place of a dict's next key. */
  static final byte END_OF_DICT = '0';

  static final int BITS_OF_DIGIT = 15;

  private MarshalType() {}

  /** For messages. */
  static String name(byte type) {
    return type > ' ' && type < 0x7f
        ? "marshal's '%c'".formatted((char) type)
        : "marshal's 0x%02x".formatted(type & 0xff);
  }
}
