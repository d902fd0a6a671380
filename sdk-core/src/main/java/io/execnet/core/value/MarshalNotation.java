package io.execnet.core.value;

import java.math.BigInteger;

/**
 * Python's {@code marshal} format, version 2, which CPython reads and writes in C. Channels have no
 * form in it, nor have containers in sets and keys, which Python would take long to hash, nor has
 * what nests so deep that it could take a thread's stack there.
 */
final class MarshalNotation implements Notation {

  private static final int DEEPEST = 200;

  private final Utf8Writer utf8 = new Utf8Writer();

  @Override
  public void none(FrameBuffer out) {
    out.putByte(MarshalType.NONE);
  }

  @Override
  public void truth(boolean value, FrameBuffer out) {
    out.putByte(value ? MarshalType.TRUE : MarshalType.FALSE);
  }

  @Override
  public void integer(long value, FrameBuffer out) {
    if (value == (int) value) {
      put(MarshalType.INT, (int) value, out);
      return;
    }
    int start = out.length();
    put(MarshalType.LONG, 0, out);
    int digits = 0;
    // of Long.MIN_VALUE this is itself, which is right without its sign
    for (long rest = Math.abs(value); rest != 0; rest >>>= MarshalType.BITS_OF_DIGIT) {
      putDigit((int) rest, out);
      digits++;
    }
    set(start, value < 0 ? -digits : digits, out);
  }

  @Override
  public void integer(BigInteger value, FrameBuffer out) {
    byte[] magnitude = value.abs().toByteArray();
    int start = out.length();
    put(MarshalType.LONG, 0, out);
    int digits = 0;
    int pending = 0; // bits, of which there are so many:
    int bits = 0;
    int top = magnitude[0] == 0 ? 1 : 0; // no digit may stand for it
    for (int at = magnitude.length - 1; at >= top; at--) {
      pending |= (magnitude[at] & 0xff) << bits;
      bits += Byte.SIZE;
      if (bits >= MarshalType.BITS_OF_DIGIT) {
        putDigit(pending, out);
        digits++;
        pending >>>= MarshalType.BITS_OF_DIGIT;
        bits -= MarshalType.BITS_OF_DIGIT;
      }
    }
    if (pending != 0) {
      putDigit(pending, out);
      digits++;
    }
    set(start, value.signum() < 0 ? -digits : digits, out);
  }

  private static void putDigit(int bits, FrameBuffer out) {
    out.putByte(bits);
    out.putByte(bits >>> Byte.SIZE & 0x7f);
  }

  @Override
  public void real(double value, FrameBuffer out) {
    out.putByte(MarshalType.FLOAT);
    putDouble(value, out);
  }

  @Override
  public void complex(PyComplex value, FrameBuffer out) {
    out.putByte(MarshalType.COMPLEX);
    putDouble(value.real(), out);
    putDouble(value.imaginary(), out);
  }

  private static void putDouble(double value, FrameBuffer out) {
    out.putLong(Long.reverseBytes(Double.doubleToRawLongBits(value)));
  }

  @Override
  public void text(String value, FrameBuffer out) {
    int start = out.length();
    put(MarshalType.TEXT, value.length(), out);
    int length = utf8.append(value, out);
    if (length != value.length()) {
      set(start, length, out);
    }
  }

  @Override
  public void bytes(int length, FrameBuffer out) {
    put(MarshalType.BYTES, length, out);
  }

  @Override
  public void channel(ChannelReference channel, ChannelScope scope, FrameBuffer out) {
    throw NoMarshalFormException.INSTANCE;
  }

  @Override
  public void requireForm(int level, boolean hashed) {
    if (hashed || level >= DEEPEST) {
      throw NoMarshalFormException.INSTANCE;
    }
  }

  @Override
  public void begin(Form form, int size, FrameBuffer out) {
    switch (form) {
      case LIST -> put(MarshalType.LIST, size, out);
      case TUPLE -> put(MarshalType.TUPLE, size, out);
      case SET -> put(MarshalType.SET, 0, out);
      case FROZENSET -> put(MarshalType.FROZENSET, 0, out);
      case DICT -> out.putByte(MarshalType.DICT);
    }
  }

  @Override
  public void index(int index, FrameBuffer out) {}

  @Override
  public int lengthOfIntItem() {
    return 1 + Integer.BYTES;
  }

  @Override
  public int setIntItem(byte[] array, int at, int index, int value) {
    FrameBuffer.setOpcode(array, at, MarshalType.INT, Integer.reverseBytes(value));
    return at + 1 + Integer.BYTES;
  }

  @Override
  public void endItem(FrameBuffer out) {}

  @Override
  public void stop(FrameBuffer out) {}

  @Override
  public void end(Form form, int start, int size, FrameBuffer out) {
    if (form == Form.DICT) {
      out.putByte(MarshalType.END_OF_DICT);
    } else {
      set(start, size, out);
    }
  }

  /** The format has the least significant byte first. */
  private static void put(byte type, int operand, FrameBuffer out) {
    out.putOpcode(type, Integer.reverseBytes(operand));
  }

  private static void set(int start, int operand, FrameBuffer out) {
    out.setInt(start + 1, Integer.reverseBytes(operand));
  }
}
