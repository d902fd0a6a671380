package io.execnet.core.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The channels that are open, and the ids that this side gives to its own. */
final class ChannelTable {

  private static final int ID_STEP = 2;

  private final int firstId;
  private final int maxChannels;
  private final Map<Integer, EngineChannel> open = new HashMap<>();
  private final ClosedIds closedOfTheirs = new ClosedIds();

  private int nextId;
  private boolean wrapped;

  /**
   * @param firstId 1 for the master, 2 for the worker
   */
  ChannelTable(int firstId, int maxChannels) {
    this.firstId = firstId;
    this.maxChannels = maxChannels;
    this.nextId = firstId;
  }

  /**
   * An id for a channel to be opened here. It is used up, even if nothing comes of it.
   *
   * @throws IllegalStateException if too many are open
   */
  int allocateId() {
    if (isFull()) {
      throw new IllegalStateException(
          "%d channels are open, the most that ProtocolLimits.maxChannels allows"
              .formatted(open.size()));
    }
    int id;
    do {
      id = nextId;
      nextId += ID_STEP;
      if (nextId < 0) {
        nextId = firstId;
        wrapped = true;
      }
    } while (open.containsKey(id));
    return id;
  }

  /** Whether this side gives such ids, though it may not have given this one. */
  boolean isOurs(int id) {
    return id > 0 && id % ID_STEP == firstId % ID_STEP;
  }

  /** Whether the other side may give this id to a channel. */
  boolean isTheirs(int id) {
    return id > 0 && !isOurs(id);
  }

  /** Whether there was a channel of that id, as far as that is remembered. */
  boolean wasClosed(int id) {
    if (isOurs(id)) {
      return (wrapped || id < nextId) && !open.containsKey(id);
    }
    return closedOfTheirs.contains(id);
  }

  boolean isFull() {
    return open.size() >= maxChannels;
  }

  @Nullable EngineChannel get(int id) {
    return open.get(id);
  }

  boolean contains(EngineChannel channel) {
    return open.get(channel.id) == channel;
  }

  void add(EngineChannel channel) {
    open.put(channel.id, channel);
  }

  /** Takes the channel out; false if it was not in. */
  boolean remove(EngineChannel channel) {
    boolean removed = open.remove(channel.id, channel);
    if (removed) {
      rememberClosed(channel.id);
    }
    return removed;
  }

  /** From now on, a channel of the other side with this id counts as closed. */
  void rememberClosed(int id) {
    if (isTheirs(id)) {
      closedOfTheirs.add(id);
    }
  }

  int size() {
    return open.size();
  }

  /** Those that are open now, in the order of their ids. */
  List<EngineChannel> snapshot() {
    List<EngineChannel> channels = new ArrayList<>(open.values());
    channels.sort((a, b) -> Integer.compare(a.id, b.id));
    return channels;
  }

  /** Goes on after that id, for tests of what happens when ids run out. */
  void skipTo(int id) {
    nextId = id;
  }
}
