package io.execnet.core.value;

import io.execnet.core.DumpException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Big-endian bytes that are being written: frame headers by the protocol, payloads by the {@link
 * ValueEncoder}. It grows as needed and is used again after {@link #clear}. For one thread at a
 * time.
 */
public final class FrameBuffer {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int INITIAL = 256;
  private static final int KEPT = 2 << 20;
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private byte[] array = new byte[INITIAL];
  private int length;

  /** Creates an empty buffer. */
  public FrameBuffer() {}

  /** How many bytes have been written. */
  public int length() {
    return length;
  }

  /** Appends one byte. */
  public void putByte(int value) {
    int at = grow(1);
    array[at] = (byte) value;
  }

  /** Appends four bytes. */
  public void putInt(int value) {
    int at = grow(4);
    INT.set(array, at, value);
  }

  /** Appends eight bytes. */
  public void putLong(long value) {
    int at = grow(8);
    LONG.set(array, at, value);
  }

  /** Appends part of an array. */
  public void putBytes(byte[] source, int offset, int count) {
    int at = grow(count);
    System.arraycopy(source, offset, array, at, count);
  }

  /** Appends what remains in the other buffer, whose position stays. */
  public void putBytes(ByteBuffer source) {
    int count = source.remaining();
    int at = grow(count);
    source.get(source.position(), array, at, count);
  }

  /**
   * Overwrites one byte that was written before.
   *
   * @throws IndexOutOfBoundsException if it was not
   */
  public void setByte(int position, int value) {
    if (position < 0 || position >= length) {
      throw new IndexOutOfBoundsException("no byte at " + position + " of " + length);
    }
    array[position] = (byte) value;
  }

  /**
   * Overwrites bytes that were written before with others of them.
   *
   * @throws IndexOutOfBoundsException if some of either were not
   */
  public void move(int from, int to, int count) {
    Objects.checkFromIndexSize(from, count, length);
    Objects.checkFromIndexSize(to, count, length);
    System.arraycopy(array, from, array, to, count);
  }

  /**
   * Overwrites four bytes that were written before: a length that is known only now.
   *
   * @throws IndexOutOfBoundsException if they were not
   */
  public void setInt(int position, int value) {
    if (position < 0 || position > length - 4) {
      throw new IndexOutOfBoundsException("no int at " + position + " of " + length);
    }
    INT.set(array, position, value);
  }

  /** Forgets what was written at this position and after it. */
  public void truncate(int position) {
    if (position < 0 || position > length) {
      throw new IndexOutOfBoundsException("position " + position + " of " + length);
    }
    length = position;
  }

  /** Forgets everything. Gives memory back where a value made this buffer larger than 2 MiB. */
  public void clear() {
    length = 0;
    if (array.length > KEPT) {
      array = new byte[INITIAL];
    }
  }

  /** What was written, without a copy: it is valid only until something else is called. */
  public ByteBuffer view() {
    return ByteBuffer.wrap(array, 0, length);
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(array, length);
  }

  /** Appends an opcode and its int operand. */
  void putOpcode(byte opcode, int operand) {
    int at = grow(5);
    setOpcode(array, at, opcode, operand);
  }

  /** Writes an opcode and its int operand into an array that has room for them. */
  static void setOpcode(byte[] array, int at, byte opcode, int operand) {
    array[at] = opcode;
    INT.set(array, at + 1, operand);
  }

  /** Appends an opcode and its double operand, NaN bits and all. */
  void putOpcode(byte opcode, double operand) {
    int at = grow(9);
    array[at] = opcode;
    LONG.set(array, at + 1, Double.doubleToRawLongBits(operand));
  }

  /** Makes room for so many bytes, to be written to {@link #array()} from {@link #length()} on. */
  void reserve(long count) {
    if (count > array.length - length) {
      enlarge(count);
    }
  }

  /** The array behind this buffer until the next write that needs room. */
  byte[] array() {
    return array;
  }

  /** Counts bytes that were written to {@link #array()} after {@link #reserve}. */
  void advance(int count) {
    length += count;
  }

  private int grow(int count) {
    int at = length;
    if (count > array.length - at) {
      enlarge(count);
    }
    length = at + count;
    return at;
  }

  private void enlarge(long count) {
    long needed = length + count;
    if (needed > LARGEST) {
      throw new DumpException("a frame of more than " + LARGEST + " bytes: send it in parts");
    }
    // a little more than one large value needs, as an instruction follows it
    long wanted = Math.max(needed + needed / 16, 2L * array.length);
    array = Arrays.copyOf(array, (int) Math.min(wanted, LARGEST));
  }
}
