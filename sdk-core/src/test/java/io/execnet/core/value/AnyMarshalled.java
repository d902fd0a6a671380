package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.LoadException;

/**
 * What holds for any bytes: as Python's {@code marshal} format they are a value or a {@link
 * LoadException}, and a value can be written again.
 */
final class AnyMarshalled {

  private static final ValueLimits LIMITS = new ValueLimits(200, 2_000);

  private AnyMarshalled() {}

  static void check(byte[] bytes) {
    Object value;
    try {
      value = Marshalling.load(bytes, LIMITS);
    } catch (LoadException e) {
      return;
    }
    byte[] again = Marshalling.dump(value);
    assertThat(Description.of(Marshalling.load(again, LIMITS))).isEqualTo(Description.of(value));
  }
}
