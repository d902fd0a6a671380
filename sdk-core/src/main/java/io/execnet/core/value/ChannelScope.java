package io.execnet.core.value;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;

/** What gives channels inside values their meaning: the gateway whose ids they carry. */
public interface ChannelScope {

  /** Outside a gateway, where no channel has a meaning; both methods throw. */
  ChannelScope NONE =
      new ChannelScope() {
        @Override
        public int idOf(ChannelReference channel) {
          throw new DumpException("a channel can only be sent through a channel of its gateway");
        }

        @Override
        public ChannelReference channel(int id) {
          throw new LoadException("channel " + id + " has no meaning outside a gateway");
        }
      };

  /**
   * The id to write for this channel.
   *
   * @throws DumpException if it belongs to another gateway
   */
  int idOf(ChannelReference channel);

  /**
   * The channel with this id, opened if the other side has just made it. Asked while the payload is
   * being read, so also for one that turns out to be invalid further on.
   *
   * @throws LoadException if there can be no channel of that id
   */
  ChannelReference channel(int id);
}
