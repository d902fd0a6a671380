package io.execnet.core.value;

/** The same in Python's {@code marshal} format, which has the least significant byte first. */
final class MarshalInput extends PayloadInput {

  @Override
  int readInt() {
    return Integer.reverseBytes(super.readInt());
  }

  @Override
  double readDouble() {
    long bits = Double.doubleToRawLongBits(super.readDouble());
    return Double.longBitsToDouble(Long.reverseBytes(bits));
  }

  @Override
  String instruction() {
    return MarshalType.name(array[start]);
  }
}
