package io.execnet.transport.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Makes lines of text from chunks of bytes, wherever those are split. Bad UTF-8 is replaced; a line
 * above 64 KiB comes in parts, split between characters.
 */
final class LineSplitter {

  static final int MAX_LINE = 64 * 1024;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

  LineSplitter(Consumer<String> lines) {
    this.lines = lines;
  }

  void add(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        partial.write(bytes, start, i - start);
        start = i + 1;
        endLine();
      } else if (partial.size() + i - start >= MAX_LINE) {
        partial.write(bytes, start, i - start);
        start = i;
        splitLine();
      }
    }
    partial.write(bytes, start, length - start);
  }

  /** The stream ended: hands over a last line that had no end. */
  void end() {
    if (partial.size() > 0) {
      endLine();
    }
  }

  private void endLine() {
    byte[] line = partial.toByteArray();
    partial.reset();
    int length = line.length;
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    lines.accept(new String(line, 0, length, StandardCharsets.UTF_8));
  }

  private void splitLine() {
    byte[] line = partial.toByteArray();
    partial.reset();
    int length = wholeCharacters(line);
    partial.write(line, length, line.length - length);
    lines.accept(new String(line, 0, length, StandardCharsets.UTF_8));
  }

  /** How many of the bytes are left when a character that is not complete goes to the next part. */
  private static int wholeCharacters(byte[] line) {
    int lead = line.length - 1;
    while (lead > line.length - 4 && (line[lead] & 0xC0) == 0x80) {
      lead--;
    }
    int b = line[lead] & 0xFF;
    int size = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
    return lead + size > line.length ? lead : line.length;
  }
}
