package io.execnet.core.value;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same in Python's {@code marshal} format, which has the least significant byte first. */
final class MarshalInput extends PayloadInput {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Adds the ints of 32 bits that are next, and at most so many; gives how many that are. */
  int readInts(int most, List<@Nullable Object> to) {
    byte[] from = array;
    int at = position;
    int count = 0;
    while (count < most && end - at >= INT_LENGTH && from[at] == MarshalType.INT) {
      to.add((long) (int) INT.get(from, at + 1));
      at += INT_LENGTH;
      count++;
    }
    position = at;
    return count;
  }

  @Override
  int readInt() {
    return Integer.reverseBytes(super.readInt());
  }

  @Override
  long readLong() {
    return Long.reverseBytes(super.readLong());
  }

  @Override
  String instruction() {
    return MarshalType.name(array[start]);
  }
}
