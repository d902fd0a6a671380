package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NumberLineTest {

  private final NumberLine line = new NumberLine("<n ", Long.MAX_VALUE);

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private String scan(String text) {
    return text(line.scan(text.getBytes(StandardCharsets.US_ASCII), text.length()));
  }

  @Test
  void aNumberMayComeBehindMuchAndBeZero() {
    assertThat(scan("x".repeat(1_000_000) + "<n 0>\nrest")).hasSize(1_000_004);
    assertThat(line.number()).hasValue(0);
  }

  @Test
  void whatIsHeldBackIsThereAtTheEnd() {
    assertThat(scan("some <n 1")).isEqualTo("some ");
    assertThat(text(line.end())).isEqualTo("<n 1");
    assertThat(line.end()).isEmpty();
    assertThat(line.number()).isEmpty();
  }
}
