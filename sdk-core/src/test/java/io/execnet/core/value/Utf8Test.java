package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

  private static final int[] LENGTHS = {
    0, 1, 7, 31, 32, 33, 63, 64, 65, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 20_000
  };

  private final ValueEncoder encoder = new ValueEncoder(ValueLimits.DEFAULT);
  private final ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(strings = {"", "é", "世", "🐍", "\ufffd", "\u0000", "\u007f\u0080", "\u07ff\u0800"})
  void isReadAndWrittenWhateverStandsWhere(String other) {
    for (int length : LENGTHS) {
      for (int before : LENGTHS) {
        assertGoesThrough("a".repeat(before) + other + "a".repeat(length));
      }
      assertGoesThrough(other.repeat(length));
      assertGoesThrough("a" + other.repeat(length));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void isReadAsTheJdkReadsIt(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = "aé世🐍a".repeat(1 + random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
      for (int changes = random.nextInt(3); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      byte[] payload = Payload.of().block('N', bytes).op("Q").bytes();
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (text.indexOf('\ufffd') < 0) {
        assertThat(read(payload)).isEqualTo(text);
      } else if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        assertThatExceptionOfType(LoadException.class)
            .isThrownBy(() -> read(payload))
            .withMessageStartingWith("text that is no UTF-8 (");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 30, 31, 32, 1_023, 1_024, 1_025, 5_000})
  void namesTheLoneSurrogateThatItRefuses(int before) {
    for (String after : new String[] {"", "a", "\ud800", "é".repeat(3_000)}) {
      FrameBuffer out = new FrameBuffer();
      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(
              () -> encoder.encode("x".repeat(before) + '\ud83d' + after, out, ChannelScope.NONE))
          .withMessageStartingWith("text with a lone surrogate (U+D83D at " + before + ")");
      assertThat(out.length()).isZero();
    }
  }

  @Test
  void takesNoMoreRoomThanItNeedsWhereItIsAscii() {
    FrameBuffer out = new FrameBuffer();
    out.reserve(5_006);
    int room = out.array().length;
    encoder.encode("x".repeat(room - 6), out, ChannelScope.NONE);

    assertThat(out.array()).hasSize(room);
  }

  private void assertGoesThrough(String text) {
    FrameBuffer out = new FrameBuffer();
    encoder.encode(text, out, ChannelScope.NONE);
    byte[] payload = Payload.of().op('N', text).op("Q").bytes();

    assertThat(out.toByteArray()).isEqualTo(payload);
    assertThat(read(payload)).isEqualTo(text);
  }

  private @Nullable Object read(byte[] payload) {
    return decoder.decode(payload, 0, payload.length, StringCoercion.DEFAULT, ChannelScope.NONE);
  }
}
