package io.execnet.core.protocol;

import java.util.OptionalLong;

/**
 * What may still be sent and still come on each channel of an engine, and what of either was not
 * taken yet: see {@link FlowControl}. To be used as the engine is.
 */
public final class ChannelCredit {

  private final EngineState state;

  ChannelCredit(EngineState state) {
    this.state = state;
  }

  /**
   * How many items may be sent on a channel now; fewer, if they are large. 0 where it is closed.
   * Without credit there is no limit, nor where sending was ended, which fails anyway.
   */
  public int room(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel == null) {
      return 0;
    }
    SendCredit credit = channel.sendEnded ? null : state.sendCredit;
    return credit == null ? Integer.MAX_VALUE : credit.room(channel);
  }

  /** Has {@link ChannelReceiver#onRoom} called when the channel has room, where it has none now. */
  public void awaitRoom(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel != null && state.sendCredit != null) {
      state.sendCredit.awaitRoom(channel);
    }
  }

  /**
   * Items were taken by whoever they were for, or dropped because nobody will ever take them; also
   * after the end of their channel. The other side may send so much more (CREDIT).
   *
   * @param bytes how many they take, as {@link ChannelReceiver#onItem} was told
   */
  public void taken(int id, int items, long bytes) {
    EngineChannel channel = state.channels.get(id);
    if (channel != null) {
      state.taken(channel, items, bytes);
    } else if (state.receiveCredit != null) {
      state.receiveCredit.takenOfEnded(bytes);
    }
  }

  /** Whether the other side may send no more on this channel until something of it is taken. */
  public boolean isFull(int id) {
    EngineChannel channel = state.channels.get(id);
    return channel != null && state.receiveCredit != null && state.receiveCredit.isFull(channel);
  }

  /** What was sent on a channel and not taken at the other end; nothing without credit. */
  public Outstanding sent(int id) {
    EngineChannel channel = state.channels.get(id);
    return channel == null
        ? Outstanding.NONE
        : new Outstanding(channel.sentItems, channel.sentBytes);
  }

  /**
   * Since when all channels together hold as much as may arrive, so that each may only get an item
   * where it holds none: by {@link System#nanoTime()}, or empty.
   */
  public OptionalLong exhaustedSince() {
    ReceiveCredit credit = state.receiveCredit;
    return credit == null ? OptionalLong.empty() : credit.exhaustedSince();
  }
}
