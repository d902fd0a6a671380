package io.execnet.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the process at the other end of a gateway ended.
 *
 * @param code the exit code; for a process that a signal ended, 128 plus the signal's number
 * @param signalName the signal that ended it, like {@code SIGKILL}, or null where none did
 */
public record ExitStatus(int code, @Nullable String signalName) {

  /** A process that ended by itself with this code. */
  public static ExitStatus ofCode(int code) {
    return new ExitStatus(code, null);
  }

  /** The signal that ended the process, like {@code SIGKILL}. */
  public Optional<String> signal() {
    return Optional.ofNullable(signalName);
  }

  @Override
  public String toString() {
    return signalName == null ? "exit status " + code : "signal " + signalName;
  }
}
