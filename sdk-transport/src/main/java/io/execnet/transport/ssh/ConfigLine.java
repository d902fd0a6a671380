package io.execnet.transport.ssh;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a configuration: {@code Name value…} or {@code Name=value}, where a value in double
 * quotes may hold blanks.
 */
record ConfigLine(String keyword, List<String> words) {

  /** The parts of the line; null where it is empty or a comment. */
  static @Nullable ConfigLine parse(String line) {
    String text = line.strip();
    int end = 0;
    while (end < text.length() && !isBlank(text.charAt(end)) && text.charAt(end) != '=') {
      end++;
    }
    if (end == 0 || text.charAt(0) == '#') {
      return null;
    }
    String rest = text.substring(end).stripLeading();
    return new ConfigLine(
        text.substring(0, end), split(rest.startsWith("=") ? rest.substring(1) : rest));
  }

  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    boolean quoted = false;
    for (char c : text.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
        inWord = true;
      } else if (isBlank(c) && !quoted) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
      } else if (c == '#' && !inWord) {
        return List.copyOf(words);
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return List.copyOf(words);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }
}
