package io.execnet.transport.shell;

import io.execnet.core.XSpecException;
import java.util.ArrayList;
import java.util.List;

/** Splits text into words as a POSIX shell does: quotes and backslashes, nothing else. */
public final class ShellWords {

  private final String key;
  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private int at;

  private ShellWords(String key, String text) {
    this.key = key;
    this.text = text;
  }

  /**
   * The words of the text, which may be none.
   *
   * @param key the key of the spec whose value the text is, which an error names
   */
  public static List<String> split(String key, String text) {
    ShellWords splitter = new ShellWords(key, text);
    splitter.run();
    return List.copyOf(splitter.words);
  }

  private void run() {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ' ' || c == '\t' || c == '\n') {
        endWord();
        continue;
      }
      inWord = true;
      if (c == '\'') {
        singleQuoted();
      } else if (c == '"') {
        doubleQuoted();
      } else if (c == '\\') {
        word.append(next("ends in a backslash"));
      } else {
        word.append(c);
      }
    }
    endWord();
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }

  private void singleQuoted() {
    for (char c = next("has an unclosed '"); c != '\''; c = next("has an unclosed '")) {
      word.append(c);
    }
  }

  private void doubleQuoted() {
    String problem = "has an unclosed \"";
    for (char c = next(problem); c != '"'; c = next(problem)) {
      if (c == '\\') {
        char escaped = next(problem);
        if ("$`\"\\\n".indexOf(escaped) < 0) {
          word.append('\\');
        }
        c = escaped;
      }
      word.append(c);
    }
  }

  private char next(String problem) {
    if (at == text.length()) {
      throw new XSpecException(key + "=" + text + " " + problem);
    }
    return text.charAt(at++);
  }
}
