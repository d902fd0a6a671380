package io.execnet.core.value;

import io.execnet.core.DumpException;
import org.jspecify.annotations.Nullable;

/** What {@link ValueEncoder} makes of values, and some values of our own. */
final class Encoding {

  private static final ChannelScope SCOPE =
      new ChannelScope() {
        @Override
        public int idOf(ChannelReference channel) {
          if (channel.id() < 0) {
            throw new DumpException("the channel is of another gateway");
          }
          return channel.id();
        }

        @Override
        public ChannelReference channel(int id) {
          return () -> id;
        }
      };

  static byte[] dump(@Nullable Object value) {
    FrameBuffer out = new FrameBuffer();
    new ValueEncoder(ValueLimits.DEFAULT).encode(value, out, SCOPE);
    return out.toByteArray();
  }

  /** What Python gets, as a description of types and values. */
  static String inPython(@Nullable Object value) {
    byte[] payload = dump(value);
    return Description.of(
        new ValueDecoder(ValueLimits.DEFAULT)
            .decode(payload, 0, payload.length, StringCoercion.DEFAULT, SCOPE));
  }

  record Point(int x, @Nullable Object y) {}

  enum Color {
    RED {
      @Override
      public String toString() {
        return "a constant with a body";
      }
    }
  }

  private Encoding() {}
}
