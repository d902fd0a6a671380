package io.execnet.benchmarks.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** That all codecs do the same work: what one of them reads is what it was given. */
class CodecTest {

  static Stream<Arguments> everyCodecAndShape() {
    return Stream.of(CodecName.values())
        .flatMap(codec -> Stream.of(Shape.values()).map(shape -> Arguments.of(codec, shape)));
  }

  @ParameterizedTest
  @MethodSource("everyCodecAndShape")
  void readsWhatItWroteTwice(CodecName name, Shape shape) throws IOException {
    Codec codec = name.create();

    for (int round = 0; round < 2; round++) {
      int length = codec.encode(shape.value());
      byte[] bytes = codec.encoded();

      assertThat(bytes).hasSize(length);
      assertThat(comparable(codec.decode(bytes))).isEqualTo(comparable(shape.value()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatItReadsIsNotInWhatItRead(CodecName name) throws IOException {
    Codec codec = name.create();
    codec.encode(Shape.BYTES_1K.value());
    byte[] bytes = codec.encoded();

    Object value = codec.decode(bytes);
    Arrays.fill(bytes, (byte) 0);

    assertThat(value).isEqualTo(Shape.BYTES_1K.value());
  }

  @Test
  void textsAndBytesAreAsLongAsTheirNamesSay() {
    assertThat((String) Shape.ASCII_1K.value()).hasSize(1 << 10).isASCII();
    assertThat((String) Shape.ASCII_1M.value()).hasSize(1 << 20).isASCII();
    assertThat(((String) Shape.TEXT_1K.value()).getBytes(StandardCharsets.UTF_8)).hasSize(1 << 10);
    assertThat((byte[]) Shape.BYTES_1K.value()).hasSize(1 << 10);
    assertThat((byte[]) Shape.BYTES_1M.value()).hasSize(1 << 20);
  }

  /** Peers give small ints as Integer, and arrays don't know equality. */
  private static Object comparable(Object value) {
    if (value instanceof Integer number) {
      return number.longValue();
    }
    if (value instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(CodecTest::comparable).toList();
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, entry -> comparable(entry.getValue())));
    }
    return value;
  }
}
