package io.execnet.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of UTF-8, read as they are asked for; the length of one is bounded, their number is not.
 */
final class LineReader {

  /** A line that is longer than this is skipped: it would be larger than the SDK's payloads. */
  static final int MAX_LINE_BYTES = 64 << 20;

  private static final int SHOWN_OF_TOO_LONG = 200;

  /**
   * A line.
   *
   * @param number its number, from 1
   * @param text without its end; where there is a problem, what could be read of it
   * @param problem why it can't be used, or null
   */
  record Line(long number, String text, @Nullable String problem) {}

  private final InputStream in;
  private final int maxLineBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long number;
  private volatile long bytesRead;

  LineReader(InputStream in) {
    this(in, MAX_LINE_BYTES);
  }

  LineReader(InputStream in, int maxLineBytes) {
    this.in = in;
    this.maxLineBytes = maxLineBytes;
  }

  /** How many bytes the lines that were read so far took; for any thread. */
  long bytesRead() {
    return bytesRead;
  }

  /** The next line, or null at the end. Blocks until it is there. */
  @Nullable Line next() throws IOException {
    if (position == limit && !fill()) {
      return null;
    }
    number++;
    int end = endOfLine();
    if (end < limit) {
      Line line = line(buffer, position, end - position);
      advance(end + 1 - position);
      return line;
    }
    return longLine();
  }

  private Line longLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(2 * buffer.length);
    long length = 0;
    do {
      int end = endOfLine();
      length += end - position;
      if (length <= maxLineBytes) {
        line.write(buffer, position, end - position);
      }
      boolean ended = end < limit;
      advance(ended ? end + 1 - position : end - position);
      if (ended) {
        break;
      }
    } while (fill());
    byte[] bytes = line.toByteArray();
    if (length > maxLineBytes) {
      String start =
          new String(bytes, 0, Math.min(bytes.length, SHOWN_OF_TOO_LONG), StandardCharsets.UTF_8);
      return new Line(
          number, start + "…", "longer than " + maxLineBytes + " bytes, the limit of a line");
    }
    return line(bytes, 0, bytes.length);
  }

  private Line line(byte[] bytes, int offset, int length) {
    int trimmed = length > 0 && bytes[offset + length - 1] == '\r' ? length - 1 : length;
    String text = new String(bytes, offset, trimmed, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0 && !isUtf8(bytes, offset, trimmed)) {
      return new Line(number, text, "not UTF-8");
    }
    if (number == 1 && text.startsWith("\uFEFF")) {
      text = text.substring(1); // a byte order mark, as editors on Windows put it
    }
    return new Line(number, text, null);
  }

  private static boolean isUtf8(byte[] bytes, int offset, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private int endOfLine() {
    int i = position;
    while (i < limit && buffer[i] != '\n') {
      i++;
    }
    return i;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // only the reading thread writes it
  private void advance(int bytes) {
    position += bytes;
    bytesRead += bytes;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }
}
