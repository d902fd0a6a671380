package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.LoadException;
import java.nio.ByteBuffer;

/**
 * What holds for any bytes: as Python's {@code marshal} format they are a value or a {@link
 * LoadException}, and a value can be written again, and read where others follow.
 */
final class AnyMarshalled {

  private static final ValueLimits LIMITS = new ValueLimits(200, 2_000);

  private AnyMarshalled() {}

  static void check(byte[] bytes) {
    Object value;
    try {
      value = Marshalling.load(bytes, LIMITS);
    } catch (LoadException e) {
      checkOneByOne(bytes);
      return;
    }
    ByteBuffer twice = ByteBuffer.allocate(2 * bytes.length).put(bytes).put(bytes).flip();
    MarshalDecoder decoder = new MarshalDecoder(LIMITS);
    for (int i = 1; i <= 2; i++) {
      assertThat(Description.of(decoder.next(twice, StringCoercion.DEFAULT)))
          .isEqualTo(Description.of(value));
      assertThat(twice.position()).isEqualTo(i * bytes.length);
    }
    byte[] again = Marshalling.dump(value);
    assertThat(Description.of(Marshalling.load(again, LIMITS))).isEqualTo(Description.of(value));
  }

  /** What is no value may be several, or begin with some. */
  private static void checkOneByOne(byte[] bytes) {
    MarshalDecoder decoder = new MarshalDecoder(LIMITS);
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    int begin = -1;
    try {
      while (begin < payload.position()) {
        begin = payload.position();
        decoder.next(payload, StringCoercion.DEFAULT);
      }
      throw new AssertionError("a value of no bytes at " + begin);
    } catch (LoadException e) {
      assertThat(payload.position()).isEqualTo(begin);
    }
  }
}
