package io.execnet.core.value;

import io.execnet.core.LoadException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads values in Python's {@code marshal} format, version 2, as {@link ValueDecoder} reads those
 * in execnet's. Channels have no form in it, and there are no containers in sets and keys.
 *
 * <p>Whatever the bytes are, it takes memory in proportion to their number, and no recursion. An
 * instance is used again and again, by one thread at a time.
 */
public final class MarshalDecoder {

  private static final Object BEGUN = new Object();
  private static final double DIGITS_PER_BIT = Math.log10(2);
  private static final int DIGITS_OF_LONG = 5;
  private static final int TOP_DIGIT_OF_LONG =
      (int) (Long.MAX_VALUE >> (DIGITS_OF_LONG - 1) * MarshalType.BITS_OF_DIGIT);

  private final ValueLimits limits;
  private final MarshalInput in = new MarshalInput();
  private MarshalLevel[] levels = {};
  private int depth;
  private long announced; // how many items the containers so far have announced
  private boolean textAsBytes;

  /** Creates a decoder with these limits. */
  public MarshalDecoder(ValueLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a payload: what remains in the buffer, which is on the heap, and whose position stays.
   *
   * @throws LoadException if it is no valid value
   */
  public @Nullable Object decode(ByteBuffer payload, StringCoercion coercion) {
    int offset = payload.arrayOffset() + payload.position();
    in.begin(payload.array(), offset, payload.remaining(), offset);
    return read(coercion, true);
  }

  /**
   * Reads the first of the values in a payload: what begins at the position of the buffer, which is
   * on the heap; the position then is behind it.
   *
   * @throws LoadException if it is no valid value; the position stays
   */
  public @Nullable Object next(ByteBuffer payload, StringCoercion coercion) {
    int origin = payload.arrayOffset();
    int position = payload.position();
    in.begin(payload.array(), origin + position, payload.remaining(), origin);
    Object value = read(coercion, false);
    payload.position(in.position - origin);
    return value;
  }

  private @Nullable Object read(StringCoercion coercion, boolean all) {
    announced = 0;
    textAsBytes = coercion.py3strAsPy2str();
    try {
      Object value = run();
      if (all) {
        requireEnd();
      }
      return value;
    } catch (IllegalArgumentException e) {
      throw in.failure(String.valueOf(e.getMessage()));
    } finally {
      while (depth > 0) {
        levels[--depth].clear();
      }
      in.clear();
    }
  }

  /** Goes through containers in containers with a stack of its own: the thread's may be small. */
  private @Nullable Object run() {
    while (true) {
      Object value = read();
      while (value != BEGUN) {
        if (depth == 0) {
          return value;
        }
        MarshalLevel level = levels[depth - 1];
        level.add(value);
        if (!isComplete(level)) {
          break;
        }
        value = level.end();
        depth--;
      }
    }
  }

  private void requireEnd() {
    if (in.position != in.end) {
      throw in.failure((in.end - in.position) + " bytes after the value that begins");
    }
  }

  private boolean isComplete(MarshalLevel level) {
    if (!level.isDict()) {
      return level.isFull();
    }
    boolean complete = level.isHashed() && in.isAt(MarshalType.END_OF_DICT);
    if (complete) {
      in.position++;
    }
    return complete;
  }

  /** The next value, or BEGUN where it is a container with something in it. */
  private @Nullable Object read() {
    in.start = in.position;
    if (in.position >= in.end) {
      throw in.failure("the payload ends before its value does,");
    }
    byte type = in.array[in.position++];
    return switch (type) {
      case MarshalType.INT -> (long) in.readInt();
      case MarshalType.TEXT -> readText();
      case MarshalType.FLOAT -> in.readDouble();
      case MarshalType.NONE -> null;
      case MarshalType.TRUE -> Boolean.TRUE;
      case MarshalType.FALSE -> Boolean.FALSE;
      case MarshalType.BYTES -> in.readBytes();
      case MarshalType.LONG -> readLong();
      case MarshalType.COMPLEX -> new PyComplex(in.readDouble(), in.readDouble());
      case MarshalType.LIST, MarshalType.TUPLE, MarshalType.SET, MarshalType.FROZENSET ->
          begin(type, readSize());
      case MarshalType.DICT -> begin(type, 0);
      default -> throw in.failure("unknown " + MarshalType.name(type));
    };
  }

  private Object readText() {
    if (textAsBytes) {
      return in.readBytes();
    }
    boolean isKey = depth > 0 && levels[depth - 1].isDict() && levels[depth - 1].isHashed();
    return isKey ? in.readKey() : in.readText();
  }

  private int readSize() {
    int size = in.readInt();
    announced += size;
    // each item takes a byte at least
    if (size < 0 || announced > in.end - in.origin) {
      throw in.failure("a container of " + size + " items, which the payload can't hold");
    }
    return size;
  }

  private Object begin(byte type, int size) {
    if (depth > 0 && levels[depth - 1].isHashed()) {
      throw in.failure("a container in a set or a key");
    }
    if (depth >= limits.maxDepth()) {
      throw in.failure("a value that nests deeper than the limit maxDepth of " + limits.maxDepth());
    }
    if (depth == levels.length) {
      levels = Arrays.copyOf(levels, Math.max(8, 2 * depth));
    }
    MarshalLevel level = levels[depth];
    if (level == null) {
      level = new MarshalLevel();
      levels[depth] = level;
    }
    level.begin(type, size);
    level.addInts(in);
    if (isComplete(level)) {
      return level.end();
    }
    depth++;
    return BEGUN;
  }

  private Number readLong() {
    int count = in.readInt();
    // Integer.MIN_VALUE stays below zero
    int digits = Math.abs(count);
    if (digits < 0 || digits > (in.end - in.position) / Short.BYTES) {
      throw in.failure("an int of %d digits of 15 bits".formatted(count));
    }
    if ((long) (digits - 1) * MarshalType.BITS_OF_DIGIT * DIGITS_PER_BIT > limits.maxIntDigits()) {
      throw in.failure(
          "an int of %d digits of 15 bits: the limit maxIntDigits is %d"
              .formatted(digits, limits.maxIntDigits()));
    }
    if (digits == 0) {
      return 0L; // as PyPy has it where it was calculated from larger ones
    }
    int from = in.position;
    in.position += digits * Short.BYTES;
    int top = digit(in.position - Short.BYTES);
    if (top == 0) {
      throw in.failure("an int that begins with zero");
    }
    if (digits < DIGITS_OF_LONG || (digits == DIGITS_OF_LONG && top <= TOP_DIGIT_OF_LONG)) {
      long value = 0;
      for (int at = in.position - Short.BYTES; at >= from; at -= Short.BYTES) {
        value = value << MarshalType.BITS_OF_DIGIT | digit(at);
      }
      return count < 0 ? -value : value;
    }
    BigInteger value = new BigInteger(1, magnitude(from, digits));
    return Decimal.normal(count < 0 ? value.negate() : value);
  }

  private int digit(int at) {
    int digit = in.array[at] & 0xff | (in.array[at + 1] & 0xff) << Byte.SIZE;
    if (digit >> MarshalType.BITS_OF_DIGIT != 0) {
      throw in.failure("an int with a digit of more than 15 bits");
    }
    return digit;
  }

  private byte[] magnitude(int from, int digits) {
    byte[] magnitude =
        new byte[(int) (((long) digits * MarshalType.BITS_OF_DIGIT + 7) / Byte.SIZE)];
    int to = magnitude.length;
    int pending = 0; // bits, of which there are so many:
    int bits = 0;
    for (int i = 0; i < digits; i++) {
      pending |= digit(from + i * Short.BYTES) << bits;
      bits += MarshalType.BITS_OF_DIGIT;
      while (bits >= Byte.SIZE) {
        magnitude[--to] = (byte) pending;
        pending >>>= Byte.SIZE;
        bits -= Byte.SIZE;
      }
    }
    if (to > 0) {
      magnitude[0] = (byte) pending;
    }
    return magnitude;
  }
}
