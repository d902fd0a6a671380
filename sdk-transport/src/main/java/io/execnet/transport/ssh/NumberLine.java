package io.execnet.transport.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds and takes out of a stream the line in which a command tells a number, amongst what others
 * write there.
 */
public final class NumberLine {

  private static final int MAX_DIGITS = 18;

  private final byte[] prefix;
  private final Pattern line;
  private final long maxNoise;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private volatile long number = -1;
  private long seen;

  /**
   * Has seen nothing yet.
   *
   * @param prefix what comes before the digits: its first character is nowhere else in it; {@code
   *     >} and the end of the line come after them
   * @param maxNoise how many bytes may come before the line
   */
  NumberLine(String prefix, long maxNoise) {
    this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
    this.line = Pattern.compile(prefix + "(\\d{1," + MAX_DIGITS + "})>\n");
    this.maxNoise = maxNoise;
  }

  /** The number, once it has been found. */
  public OptionalLong number() {
    return number >= 0 ? OptionalLong.of(number) : OptionalLong.empty();
  }

  /** Whether the line can no longer come, so that all the rest is to be left alone. */
  boolean isDone() {
    return held.size() == 0 && (number >= 0 || seen > maxNoise);
  }

  /** What of these bytes, and of those held back before, is not the line. */
  public byte[] scan(byte[] bytes, int length) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream(length);
    for (int i = 0; i < length; i++) {
      seen++;
      if (number >= 0 || (seen > maxNoise && held.size() == 0)) {
        rest.write(bytes, i, length - i);
        break;
      }
      next(bytes[i], rest);
    }
    return rest.toByteArray();
  }

  /** What is held back still, when nothing more comes. */
  public byte[] end() {
    byte[] rest = held.toByteArray();
    held.reset();
    return rest;
  }

  private void next(byte b, ByteArrayOutputStream rest) {
    if (fits(b)) {
      held.write(b);
      Matcher found = line.matcher(held.toString(StandardCharsets.US_ASCII));
      if (b == '\n' && found.matches()) {
        number = Long.parseLong(found.group(1));
        held.reset();
      }
      return;
    }
    // the line's first character is nowhere else in it, so it can only begin anew right here
    rest.writeBytes(held.toByteArray());
    held.reset();
    (b == prefix[0] ? held : rest).write(b);
  }

  private boolean fits(byte b) {
    int at = held.size();
    if (at < prefix.length) {
      return b == prefix[at];
    }
    byte last = held.toByteArray()[at - 1];
    boolean digit = b >= '0' && b <= '9' && last != '>' && at < prefix.length + MAX_DIGITS;
    return digit || (b == '>' && last != '>' && at > prefix.length) || (b == '\n' && last == '>');
  }
}
