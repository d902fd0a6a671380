package io.execnet.core.value;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Ints in decimal, the operand of LONGINT. */
final class Decimal {

  /** This many digits fit a long, whatever they are. */
  private static final int DIGITS_OF_LONG = 18;

  /** This many digits fit an int, whatever they are; ten to the power of that. */
  private static final int DIGITS_OF_INT = 9;

  private static final long POWER_OF_INT = 1_000_000_000;

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

  /**
   * Takes time that grows with the square, as the JDK's own constructor, but no memory beyond the
   * result: the numbers of digits are limited, and who sends them may be hostile.
   */
  private static BigInteger big(byte[] array, int offset, int digits) {
    int[] words = new int[digits / DIGITS_OF_INT + 1]; // the least significant first
    int used = 0;
    int at = offset;
    int end = offset + digits;
    for (int group = digits % DIGITS_OF_INT; at < end; group = DIGITS_OF_INT) {
      long carry = 0;
      for (int i = 0; i < group; i++) {
        carry = carry * 10 + (array[at++] - '0');
      }
      for (int i = 0; i < used; i++) {
        long word = (words[i] & 0xffff_ffffL) * POWER_OF_INT + carry;
        words[i] = (int) word;
        carry = word >>> Integer.SIZE;
      }
      if (carry != 0) {
        words[used++] = (int) carry;
      }
    }
    ByteBuffer magnitude = ByteBuffer.allocate(used * Integer.BYTES);
    while (used > 0) {
      magnitude.putInt(words[--used]);
    }
    return new BigInteger(1, magnitude.array());
  }
}
