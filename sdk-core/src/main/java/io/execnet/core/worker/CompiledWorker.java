package io.execnet.core.worker;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The worker program as one version of Python has compiled it, which takes that longer than all the
 * rest of a start. Only the same version can use it; any other compiles the source, which is always
 * sent too.
 *
 * <p>What a command has started is kept for its next starts, until it starts another version: for
 * the few commands that were used last, as long as this JVM lives.
 *
 * @param version {@code sys.version}
 * @param code what its {@code marshal} wrote, a char for each byte
 */
public record CompiledWorker(String version, String code) {

  private static final int COMMANDS = 16;

  private static final Map<String, CompiledWorker> BY_COMMAND =
      new LinkedHashMap<>(COMMANDS, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompiledWorker> eldest) {
          return size() > COMMANDS;
        }
      };

  /** What a worker says of itself. */
  public static CompiledWorker of(String version, byte[] code) {
    return new CompiledWorker(version, new String(code, StandardCharsets.ISO_8859_1));
  }

  /** The one of a command, if it has been started before. Safe for all threads. */
  public static Optional<CompiledWorker> startedBy(String command) {
    synchronized (BY_COMMAND) {
      return Optional.ofNullable(BY_COMMAND.get(command));
    }
  }

  /** Keeps it for that command. Safe for all threads. */
  public void keepFor(String command) {
    synchronized (BY_COMMAND) {
      BY_COMMAND.put(command, this);
    }
  }
}
