package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.LoadException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What holds for any bytes: loading them gives a value or a {@link LoadException}, and what was
 * loaded can be dumped, and loaded again to the same value.
 */
final class AnyBytes {

  private static final Serializer SERIALIZER =
      new Serializer().withLimits(new ValueLimits(200, 2_000));

  private AnyBytes() {}

  static void check(byte[] bytes) {
    checkStream(bytes);
    Object value;
    try {
      value = SERIALIZER.loads(bytes);
    } catch (LoadException e) {
      return;
    }
    byte[] dump = SERIALIZER.dumps(value);
    assertThat(Description.of(SERIALIZER.loads(dump))).isEqualTo(Description.of(value));
  }

  private static void checkStream(byte[] bytes) {
    try {
      SERIALIZER.load(new ByteArrayInputStream(bytes));
    } catch (EOFException e) {
      assertThat(bytes).isEmpty();
    } catch (LoadException e) {
      // as documented
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
