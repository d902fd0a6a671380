package io.execnet.transport.shell;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Quotes words so that a shell takes them as they are, whichever it is: sh, bash, zsh, fish, or, if
 * they are of one line and without exclamation marks, csh.
 */
public final class ShellQuote {

  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final Pattern SPECIAL = Pattern.compile("['\\\\]");
  private static final Pattern HOME = Pattern.compile("(~[A-Za-z0-9._-]*)(/.*|)", Pattern.DOTALL);

  private ShellQuote() {}

  /** The words as one command line. */
  public static String join(List<String> words) {
    return words.stream().map(ShellQuote::quote).collect(Collectors.joining(" "));
  }

  /**
   * One word. A home folder at its beginning stays one: {@code ~/venv/bin/python} means the far
   * side's.
   */
  public static String quote(String word) {
    Matcher home = HOME.matcher(word);
    if (home.matches()) {
      String rest = home.group(2);
      return rest.isEmpty()
          ? word
          : home.group(1) + "/" + (rest.length() > 1 ? plain(rest.substring(1)) : "");
    }
    return plain(word);
  }

  private static String plain(String word) {
    // in single quotes sh, bash, zsh, fish and csh read everything but these two alike: fish takes
    // a backslash for an escape there, the others don't
    return SAFE.matcher(word).matches()
        ? word
        : "'" + SPECIAL.matcher(word).replaceAll("'\\\\$0'") + "'";
  }
}
