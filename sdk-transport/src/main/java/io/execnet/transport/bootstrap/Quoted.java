package io.execnet.transport.bootstrap;

import java.nio.charset.StandardCharsets;

/** Bytes that came where an answer was expected, as people are shown them. */
public final class Quoted {

  /** So much is shown. */
  public static final int LIMIT = 200;

  private Quoted() {}

  /** The first bytes as text in quotes, on one line. */
  public static String of(byte[] bytes, int length) {
    String text = new String(bytes, 0, Math.min(length, LIMIT), StandardCharsets.UTF_8);
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                  if (Character.isISOControl(c)) {
                    quoted.append(String.format("\\x%02x", c));
                  } else {
                    quoted.append((char) c);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }
}
