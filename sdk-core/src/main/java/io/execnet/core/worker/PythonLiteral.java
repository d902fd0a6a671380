package io.execnet.core.worker;

import java.util.List;
import java.util.stream.Collectors;

/** Writes Python literals that every Python reads alike, whatever the encoding of its input. */
final class PythonLiteral {

  private PythonLiteral() {}

  /**
   * A one-line string literal in this kind of quote.
   *
   * @param quote a single or a double quote; the one that the text holds less often is shorter
   */
  static String of(String text, char quote) {
    StringBuilder literal = new StringBuilder(text.length() + text.length() / 8 + 2).append(quote);
    text.codePoints().forEach(c -> append(literal, c, quote));
    return literal.append(quote).toString();
  }

  static String of(List<String> texts) {
    return texts.stream().map(text -> of(text, '\'')).collect(Collectors.joining(", ", "[", "]"));
  }

  private static void append(StringBuilder literal, int c, char quote) {
    if (c == '\n') {
      literal.append("\\n");
    } else if (c == '\\' || c == quote) {
      literal.append('\\').append((char) c);
    } else if (c >= 0x20 && c < 0x7f) {
      literal.append((char) c);
    } else if (c < 0x100) {
      literal.append(String.format("\\x%02x", c));
    } else if (c < 0x10000) {
      literal.append(String.format("\\u%04x", c));
    } else {
      literal.append(String.format("\\U%08x", c));
    }
  }
}
