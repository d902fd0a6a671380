package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessIdScannerTest {

  private final ProcessIdScanner scanner = new ProcessIdScanner();

  private String scan(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new String(scanner.scan(bytes, bytes.length), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Welcome\n", "no end", "<execnet pid x", "<<execnet pid <", "<>\n"})
  void takesTheLineOutOfWhatElseIsThere(String noise) {
    assertThat(scan(noise + "<execnet pid 1234>\nrest <execnet pid 5>\n"))
        .isEqualTo(noise + "rest <execnet pid 5>\n");
    assertThat(scanner.pid()).hasValue(1234);
    assertThat(scanner.isDone()).isTrue();
  }

  @Test
  void anySplitGivesTheSame() {
    StringBuilder rest = new StringBuilder();
    for (char c : "motd\n<execnet pid 77>\nafter".toCharArray()) {
      rest.append(scan(String.valueOf(c)));
    }
    assertThat(rest.toString()).isEqualTo("motd\nafter");
    assertThat(scanner.pid()).hasValue(77);
  }

  @Test
  void holdsNothingBackThatCanNotBeTheLine() {
    assertThat(scan("<execnet worker 12>")).isEqualTo("<execnet worker 12>");
    assertThat(scan("<execnet pid >\n")).isEqualTo("<execnet pid >\n");
    assertThat(scanner.pid()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void tellsNoProcessThatMustNotBeKilled(int pid) {
    assertThat(scan("<execnet pid " + pid + ">\nrest")).isEqualTo("rest");
    assertThat(scanner.pid()).isEmpty();
    assertThat(scanner.isDone()).isTrue();
  }

  @Test
  void givesUpAfterTooMuch() {
    assertThat(scan("x".repeat(70_000))).hasSize(70_000);
    assertThat(scanner.isDone()).isTrue();
    assertThat(scan("<execnet pid 1>\n")).isEqualTo("<execnet pid 1>\n");
  }
}
