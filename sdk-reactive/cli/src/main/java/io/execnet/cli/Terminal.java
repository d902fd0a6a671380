package io.execnet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is known of the terminal.
 *
 * @param isOutput whether standard output is one
 * @param isError whether standard error is one
 * @param columns how many columns it has
 */
record Terminal(boolean isOutput, boolean isError, int columns) {

  private static final int DEFAULT_COLUMNS = 80;

  /** As the launcher found it; without the launcher, as far as Java can see. */
  static Terminal detect() {
    return new Terminal(isTerminal("execnet.stdout", 1), isTerminal("execnet.stderr", 2), width());
  }

  private static boolean isTerminal(String property, int descriptor) {
    String said = System.getProperty(property);
    if (said != null) {
      return said.equals("tty");
    }
    try {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return file.startsWith("/dev/pts") || file.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static int width() {
    int columns = Integer.getInteger("execnet.columns", DEFAULT_COLUMNS);
    return columns < 1 ? DEFAULT_COLUMNS : columns;
  }
}
