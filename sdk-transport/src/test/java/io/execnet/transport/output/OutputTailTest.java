package io.execnet.transport.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputTailTest {

  private final OutputTail tail = new OutputTail();

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    tail.add(bytes, 0, bytes.length);
  }

  @Test
  void keepsLittleAsItIs() {
    add("one\n");
    add("two");
    assertThat(tail.text()).isEqualTo("one\ntwo");
  }

  @Test
  void keepsTheEndOfMuch() {
    add("x".repeat(5000));
    add("y".repeat(5000));
    assertThat(tail.text()).isEqualTo("x".repeat(OutputTail.LIMIT - 5000) + "y".repeat(5000));
    add("z".repeat(100_000));
    assertThat(tail.text()).isEqualTo("z".repeat(OutputTail.LIMIT));
  }

  @Test
  void beginsWithAWholeCharacter() {
    add("€".repeat(5000));
    assertThat(tail.text()).matches("€+");
  }
}
