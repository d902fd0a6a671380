package io.execnet.core.protocol;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The last ids of the other side's channels that were closed. A value that was under way when its
 * channel was closed must not open it a second time: nobody would ever close it. There are only so
 * many of them, because the other side chooses how many ids it uses.
 */
final class ClosedIds {

  static final int KEPT = 1_024;

  private final Set<Integer> ids = new LinkedHashSet<>();

  void add(int id) {
    ids.add(id);
    if (ids.size() > KEPT) {
      ids.remove(ids.iterator().next());
    }
  }

  boolean contains(int id) {
    return ids.contains(id);
  }
}
