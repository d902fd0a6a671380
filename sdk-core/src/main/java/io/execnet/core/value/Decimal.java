package io.execnet.core.value;

import java.math.BigInteger;

/** Ints in decimal, the operand of LONGINT. */
final class Decimal {

  /** This many digits fit a long, whatever they are. */
  private static final int DIGITS_OF_LONG = 18;

  /** From here on dividing the digits beats the JDK, which takes quadratic time. */
  private static final int DIVIDED = 1_000;

  private Decimal() {}

  /** Appends LONGINT, the number of digits, and the digits. */
  static void write(long value, FrameBuffer out) {
    int start = out.length();
    out.putOpcode(Opcode.LONGINT, 0);
    int length = length(value);
    out.setInt(start + 1, length);
    out.reserve(length);
    byte[] array = out.array();
    int at = start + 5 + length;
    if (value < 0) {
      array[start + 5] = '-';
    }
    long rest = value;
    do {
      array[--at] = (byte) ('0' + Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    out.advance(length);
  }

  private static int length(long value) {
    int length = value < 0 ? 2 : 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      length++;
    }
    return length;
  }

  /** The int as a Long where it fits, else as a BigInteger; the digits have been checked. */
  static Number read(byte[] array, int offset, int length) {
    boolean negative = array[offset] == '-';
    int from = negative ? offset + 1 : offset;
    int digits = offset + length - from;
    if (digits <= DIGITS_OF_LONG) {
      long value = 0;
      for (int i = from; i < offset + length; i++) {
        value = value * 10 + (array[i] - '0');
      }
      return negative ? -value : value;
    }
    BigInteger value = big(array, from, digits);
    return normal(negative ? value.negate() : value);
  }

  /** Whether this is digits and nothing else, but for a minus before them. */
  static boolean isInt(byte[] array, int offset, int length) {
    int from = length > 0 && array[offset] == '-' ? offset + 1 : offset;
    if (from == offset + length) {
      return false;
    }
    for (int i = from; i < offset + length; i++) {
      if (array[i] < '0' || array[i] > '9') {
        return false;
      }
    }
    return true;
  }

  /** A Long where the value fits one. */
  static Number normal(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  private static BigInteger big(byte[] array, int offset, int digits) {
    if (digits <= DIVIDED) {
      return new BigInteger(Utf8.latin1(array, offset, digits));
    }
    int low = digits / 2;
    BigInteger high = big(array, offset, digits - low);
    return high.multiply(BigInteger.TEN.pow(low)).add(big(array, offset + digits - low, low));
  }
}
