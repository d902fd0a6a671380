package io.execnet.transport.popen;

import io.execnet.transport.JvmEnd;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The processes of which it is not decided yet whether they are workers. When this JVM ends they
 * do: nobody else knows of them, and what was started may not care that nobody is there any more.
 */
final class StartingProcesses {

  private static final Set<WorkerProcess> ALL = ConcurrentHashMap.newKeySet();

  static {
    JvmEnd.whenItComes("execnet-kill", () -> ALL.forEach(WorkerProcess::killTree));
  }

  private StartingProcesses() {}

  static void add(WorkerProcess process) {
    ALL.add(process);
  }

  static void remove(WorkerProcess process) {
    ALL.remove(process);
  }
}
