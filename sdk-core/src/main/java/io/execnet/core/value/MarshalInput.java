package io.execnet.core.value;

/** The same in Python's {@code marshal} format, which has the least significant byte first. */
final class MarshalInput extends PayloadInput {

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
