package io.execnet.transport.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter = new LineSplitter(lines::add);

  private void add(byte[] bytes) {
    splitter.add(bytes, bytes.length);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void handsOverWholeLines() {
    add(utf8("one\ntw"));
    assertThat(lines).containsExactly("one");
    add(utf8("o\r\n\nthree"));
    assertThat(lines).containsExactly("one", "two", "");
    splitter.end();
    splitter.end();
    assertThat(lines).containsExactly("one", "two", "", "three");
  }

  @Test
  void anySplitOfTheBytesGivesTheSameLines() {
    byte[] text = utf8("grüß\n€ and 🐍\nend");
    for (byte b : text) {
      add(new byte[] {b});
    }
    splitter.end();
    assertThat(lines).containsExactly("grüß", "€ and 🐍", "end");
  }

  @Test
  void replacesBadUtf8() {
    add(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe2, '\n'});
    assertThat(lines).containsExactly("a\ufffdb\ufffd");
  }

  @Test
  void splitsALongLineBetweenCharacters() {
    for (String unit : List.of("x", "ü", "€", "🐍")) {
      lines.clear();
      String text = "a" + unit.repeat(100_000);
      add(utf8(text + "\n"));
      assertThat(lines).hasSizeGreaterThan(1);
      assertThat(lines).allMatch(part -> utf8(part).length <= LineSplitter.MAX_LINE);
      assertThat(String.join("", lines)).isEqualTo(text);
    }
  }

  @Test
  void splitsALongLineOfBadUtf8() {
    byte[] bytes = new byte[200_000];
    java.util.Arrays.fill(bytes, (byte) 0x80);
    add(bytes);
    splitter.end();
    assertThat(lines.stream().mapToInt(String::length).sum()).isEqualTo(200_000);
  }
}
