package io.execnet.core.protocol;

import java.nio.charset.StandardCharsets;

/** Error texts as they may go out. */
final class ErrorText {

  private static final int MAX_BYTES_OF_CHAR = 3;
  private static final int OPCODES = 6;
  private static final int ALWAYS_ALLOWED = 1 << 10;

  private ErrorText() {}

  /**
   * The text with what UTF-8 can't encode replaced; of one that is too long its end, which says the
   * most in a traceback.
   */
  static String sendable(String text, int maxPayload) {
    int maxChars = (Math.max(maxPayload, ALWAYS_ALLOWED) - OPCODES) / MAX_BYTES_OF_CHAR;
    String end = text.length() <= maxChars ? text : text.substring(text.length() - maxChars);
    return new String(end.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
