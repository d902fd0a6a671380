package io.execnet.reactive;

import io.execnet.transport.JvmEnd;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Kills the workers of every group that is still open when the JVM ends. */
final class ShutdownHook {

  private static final Set<DefaultGroup> OPEN = ConcurrentHashMap.newKeySet();

  static {
    JvmEnd.whenItComes("execnet-shutdown", () -> OPEN.forEach(DefaultGroup::killNow));
  }

  private ShutdownHook() {}

  static void add(DefaultGroup group) {
    OPEN.add(group);
  }

  static void remove(DefaultGroup group) {
    OPEN.remove(group);
  }
}
