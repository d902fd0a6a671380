package io.execnet.transport.ssh;

import org.jspecify.annotations.Nullable;

/** What a server says, made fit for a message of ours. */
final class ServerText {

  private static final int MAX_LENGTH = 1000;

  private ServerText() {}

  /** The text on one line, without what would move a terminal's cursor, and not too much of it. */
  static String readable(@Nullable String text) {
    String said = String.valueOf(text);
    String some = said.length() > MAX_LENGTH ? said.substring(0, MAX_LENGTH) + "..." : said;
    return some.replaceAll("[\\s\\p{Cntrl}\u0080-\u009f]+", " ");
  }
}
