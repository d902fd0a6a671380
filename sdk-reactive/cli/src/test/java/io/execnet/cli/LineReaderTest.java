package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.cli.LineReader.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  @Test
  void givesEachLineWithoutItsEnd() throws IOException {
    assertThat(texts("a\nb\r\n\nlast")).containsExactly("a", "b", "", "last");
    assertThat(texts("")).isEmpty();
    assertThat(texts("\n")).containsExactly("");
  }

  @Test
  void numbersLinesFrom1() throws IOException {
    assertThat(lines(reader("a\n\nb", 100))).extracting(Line::number).containsExactly(1L, 2L, 3L);
  }

  @Test
  void givesLinesThatAreLongerThanItsBuffer() throws IOException {
    String text = "ä".repeat(200_000);
    assertThat(texts(text + "\nb\n")).containsExactly(text, "b");
  }

  @Test
  void skipsALineThatIsTooLongAndNamesTheLimit() throws IOException {
    List<Line> lines = lines(reader("x".repeat(100_000) + "\nb", 70_000));
    assertThat(lines.get(0).problem()).contains("70000 bytes");
    assertThat(lines.get(0).text()).hasSizeLessThan(300).startsWith("xxx");
    assertThat(lines.get(1)).isEqualTo(new Line(2, "b", null));
  }

  @Test
  void saysWhereALineIsNotUtf8() throws IOException {
    byte[] bytes = {'a', (byte) 0xff, '\n', 'b'};
    List<Line> lines = lines(new LineReader(new ByteArrayInputStream(bytes)));
    assertThat(lines.get(0)).isEqualTo(new Line(1, "a\uFFFD", "not UTF-8"));
    assertThat(lines.get(1).problem()).isNull();
  }

  @Test
  void takesAReplacementCharacterThatWasWritten() throws IOException {
    assertThat(lines(reader("\uFFFD", 100)).get(0).problem()).isNull();
  }

  @Test
  void dropsAByteOrderMark() throws IOException {
    assertThat(texts("\uFEFF1\n\uFEFF2")).containsExactly("1", "\uFEFF2");
  }

  @Test
  void readsNoMoreThanItIsAskedFor() throws IOException {
    InputStream endless =
        new InputStream() {
          private int reads;

          @Override
          public int read() {
            return '\n';
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            assertThat(++reads).isEqualTo(1);
            bytes[offset] = '\n';
            return 1;
          }
        };
    assertThat(new LineReader(endless).next()).isNotNull();
  }

  @Test
  void countsTheBytesOfTheLinesThatWereGiven() throws IOException {
    LineReader reader = reader("ab\ncdef\n", 100);
    reader.next();
    assertThat(reader.bytesRead()).isEqualTo(3);
    reader.next();
    assertThat(reader.bytesRead()).isEqualTo(8);
  }

  private static List<String> texts(String input) throws IOException {
    return lines(reader(input, LineReader.MAX_LINE_BYTES)).stream().map(Line::text).toList();
  }

  private static List<Line> lines(LineReader reader) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (Line line = reader.next(); line != null; line = reader.next()) {
      lines.add(line);
    }
    return lines;
  }

  private static LineReader reader(String input, int maxLineBytes) {
    return new LineReader(
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), maxLineBytes);
  }
}
