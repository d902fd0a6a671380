package io.execnet.core.protocol;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.ChannelScope;
import java.util.ArrayList;
import java.util.List;

/** Channels inside values: which id goes out for one, and whose handle comes in for an id. */
final class ValueChannels implements ChannelScope {

  private final EngineState state;

  /** The channels that the payload which is being read has opened so far. */
  private final List<EngineChannel> opened = new ArrayList<>();

  ValueChannels(EngineState state) {
    this.state = state;
  }

  @Override
  public int idOf(ChannelReference reference) {
    EngineChannel channel = state.channels.get(reference.id());
    if (channel == null) {
      throw new DumpException(
          "channel " + reference.id() + " is not open on this gateway, so it can't be sent here");
    }
    if (!channel.receiver.reference().equals(reference)) {
      throw new DumpException("channel " + reference.id() + " belongs to another gateway");
    }
    return channel.id;
  }

  @Override
  public ChannelReference channel(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel != null) {
      return channel.receiver.reference();
    }
    if (state.channels.wasClosed(id)) {
      return state.listener.closedChannel(id);
    }
    if (!state.channels.isTheirs(id)) {
      throw new LoadException("there has never been a channel " + id);
    }
    return open(id).receiver.reference();
  }

  private EngineChannel open(int id) {
    try {
      if (state.channels.isFull()) {
        throw new LoadException(
            "channel %d would be more than the %d that ProtocolLimits.maxChannels allows"
                .formatted(id, state.limits.maxChannels()));
      }
      EngineChannel channel = state.register(id, state.listener.onChannelOpened(id), false);
      opened.add(channel);
      return channel;
    } catch (RuntimeException e) {
      state.writeClose(id, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** The payload was read: what it opened stays. */
  void loaded() {
    opened.clear();
  }

  /** The payload could not be read, so nobody will ever hold what it opened. */
  void notLoaded(RuntimeException error) {
    opened.forEach(channel -> state.fail(channel, error));
    opened.clear();
  }
}
