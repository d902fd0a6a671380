package io.execnet.core.value;

import io.execnet.core.LoadException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload being read: its operands, and errors that say where in it they are. */
class PayloadInput {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  static final int INT_LENGTH = 1 + Integer.BYTES; // with its opcode
  private static final int INT_ITEM = 2 * INT_LENGTH + 1; // its index, itself, SETITEM
  private static final byte[] NO_BYTES = {};

  private final KeyCache keys = new KeyCache();

  byte[] array = NO_BYTES;
  int position;
  int end;
  int start; // where the instruction being run begins
  int origin; // where positions in messages count from

  void begin(byte[] newArray, int offset, int length, int newOrigin) {
    array = newArray;
    position = offset;
    end = offset + length;
    origin = newOrigin;
  }

  /** Forgets the payload. */
  void clear() {
    array = NO_BYTES;
  }

  /** Whether this instruction is next. */
  boolean isAt(byte opcode) {
    return position < end && array[position] == opcode;
  }

  /** Whether there is just an int; if so, it is what is next. */
  boolean isOneInt() {
    boolean isOne =
        end - position == INT_LENGTH + 1
            && array[position] == Opcode.INT
            && array[position + INT_LENGTH] == Opcode.STOP;
    if (isOne) {
      position++;
    }
    return isOne;
  }

  /** Whether the next instruction pushes this int. */
  boolean isAtInt(int value) {
    return end - position > Integer.BYTES
        && array[position] == Opcode.INT
        && (int) INT.get(array, position + 1) == value;
  }

  /** Adds the ints that the next instructions set a list's next items to; gives how many. */
  int readIntItems(int first, int end, List<@Nullable Object> to) {
    byte[] from = array;
    int at = position;
    int index = first;
    while (index < end
        && this.end - at >= INT_ITEM
        && from[at] == Opcode.INT
        && (int) INT.get(from, at + 1) == index
        && from[at + INT_LENGTH] == Opcode.INT
        && from[at + 2 * INT_LENGTH] == Opcode.SETITEM) {
      to.add((long) (int) INT.get(from, at + INT_LENGTH + 1));
      at += INT_ITEM;
      index++;
    }
    position = at;
    return index - first;
  }

  /** Reads a length and so many bytes. */
  byte[] readBytes() {
    int length = readLength();
    position += length;
    return Arrays.copyOfRange(array, position - length, position);
  }

  /** Reads a length and so many bytes of UTF-8. */
  String readText() {
    int length = readLength();
    try {
      String text = Utf8.read(array, position, length);
      position += length;
      return text;
    } catch (CharacterCodingException e) {
      throw failure("text that is no UTF-8 (" + e.getMessage() + ")");
    }
  }

  /** The same for text that may have been read before. */
  String readKey() {
    int length = readLength();
    String known = keys.get(array, position, length);
    if (known == null) {
      position -= Integer.BYTES;
      return readText();
    }
    position += length;
    return known;
  }

  int readInt() {
    need(4);
    int value = (int) INT.get(array, position);
    position += 4;
    return value;
  }

  final double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  long readLong() {
    need(8);
    long value = (long) LONG.get(array, position);
    position += 8;
    return value;
  }

  int readLength() {
    int length = readInt();
    if (length < 0 || length > end - position) {
      throw failure(
          "%s of %d bytes, of which %d are there".formatted(instruction(), length, end - position));
    }
    return length;
  }

  void need(int count) {
    if (end - position < count) {
      throw failure("the payload ends inside " + instruction());
    }
  }

  /** The instruction being run, for messages. */
  String instruction() {
    return Opcode.name(array[start]);
  }

  LoadException failure(String what) {
    return new LoadException(what + where());
  }

  String where() {
    return " at byte " + (start - origin);
  }
}
