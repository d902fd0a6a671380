package io.execnet.transport.ssh;

import java.nio.file.Path;
import java.util.List;

/**
 * Which host keys are taken.
 *
 * @param name the host as the files know it
 * @param userFiles the known hosts of the user; a new one goes into the first
 * @param systemFiles the known hosts for all users
 */
record HostKeyRules(
    Policy policy, String name, int port, List<Path> userFiles, List<Path> systemFiles) {

  /** {@code StrictHostKeyChecking}. */
  enum Policy {
    /** Known hosts only: nobody can be asked. */
    REFUSE_UNKNOWN,
    /** A host that is not known becomes so; a changed key is refused. */
    ACCEPT_NEW,
    /** Any key. */
    ACCEPT_ALL
  }
}
