package io.execnet.testing;

import java.nio.file.Path;

/**
 * One Python of this machine.
 *
 * @param executable what it calls its {@code sys.executable}: no shim
 * @param implementation as in {@code sys.implementation.name}: {@code cpython}, {@code pypy}
 */
public record Interpreter(Path executable, String implementation, int major, int minor, int micro) {

  /** Whether it is this version of the language or a later one. */
  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  /** For the names of parameterized tests: {@code cpython 3.12.1 (/usr/bin/python3)}. */
  @Override
  public String toString() {
    return implementation + " " + major + "." + minor + "." + micro + " (" + executable + ")";
  }
}
