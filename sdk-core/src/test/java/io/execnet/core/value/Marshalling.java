package io.execnet.core.value;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Values to Python's {@code marshal} format and back. */
final class Marshalling {

  private Marshalling() {}

  static byte[] dump(@Nullable Object value) {
    FrameBuffer out = new FrameBuffer();
    ValueEncoder.ofMarshal(ValueLimits.DEFAULT).encode(value, out, ChannelScope.NONE);
    return out.toByteArray();
  }

  static @Nullable Object load(byte[] payload) {
    return load(payload, ValueLimits.DEFAULT);
  }

  static @Nullable Object load(byte[] payload, ValueLimits limits) {
    return new MarshalDecoder(limits).decode(ByteBuffer.wrap(payload), StringCoercion.DEFAULT);
  }

  static boolean hasForm(@Nullable Object value) {
    try {
      dump(value);
      return true;
    } catch (NoMarshalFormException e) {
      return false;
    }
  }
}
