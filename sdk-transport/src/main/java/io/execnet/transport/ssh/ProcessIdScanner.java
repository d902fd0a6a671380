package io.execnet.transport.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds and takes out the line in which the remote command tells its process id, after what a
 * shell's profile may print.
 */
final class ProcessIdScanner {

  static final String BEFORE = "<execnet pid ";

  /** What may come before it. */
  private static final int MAX_NOISE = 64 * 1024;

  private static final Pattern LINE = Pattern.compile(BEFORE + "(\\d{1,18})>\n");
  private static final byte[] PREFIX = BEFORE.getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private volatile long pid = -1;
  private int seen;

  /** The process id, once it has been found, where that is a process that may be killed. */
  OptionalLong pid() {
    // to kill, 0 and -1 mean many processes; and 1, in a namespace of its own, is another one here
    return pid > 1 ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  /** Whether the line can no longer come, so that all the rest is to be left alone. */
  boolean isDone() {
    return held.size() == 0 && (pid >= 0 || seen > MAX_NOISE);
  }

  /** What of these bytes, and of those held back before, is not the line. */
  byte[] scan(byte[] bytes, int length) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream(length);
    for (int i = 0; i < length; i++) {
      seen++;
      if (pid >= 0 || (seen > MAX_NOISE && held.size() == 0)) {
        rest.write(bytes, i, length - i);
        break;
      }
      next(bytes[i], rest);
    }
    return rest.toByteArray();
  }

  private void next(byte b, ByteArrayOutputStream rest) {
    if (fits(b)) {
      held.write(b);
      Matcher line = LINE.matcher(held.toString(StandardCharsets.US_ASCII));
      if (b == '\n' && line.matches()) {
        pid = Long.parseLong(line.group(1));
        held.reset();
      }
      return;
    }
    // the line's first character is nowhere else in it, so it can only begin anew right here
    rest.writeBytes(held.toByteArray());
    held.reset();
    (b == PREFIX[0] ? held : rest).write(b);
  }

  private boolean fits(byte b) {
    int at = held.size();
    if (at < PREFIX.length) {
      return b == PREFIX[at];
    }
    byte last = held.toByteArray()[at - 1];
    boolean digit = b >= '0' && b <= '9' && last != '>' && at < PREFIX.length + 18;
    return digit || (b == '>' && last != '>' && at > PREFIX.length) || (b == '\n' && last == '>');
  }
}
