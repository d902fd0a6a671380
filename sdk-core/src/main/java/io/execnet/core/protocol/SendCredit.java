package io.execnet.core.protocol;

import io.execnet.core.ProtocolException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** What this side has sent and the other has not credited, and who waits for that. */
final class SendCredit {

  private final CreditLimits limits;

  /** Those who wait for nothing but the total, in the order in which they came to that. */
  private final Set<EngineChannel> starved = new LinkedHashSet<>();

  private long outstanding;

  SendCredit(CreditLimits limits) {
    this.limits = limits;
  }

  /** How many items may be sent on this channel now; their bytes may end that sooner. */
  int room(EngineChannel channel) {
    if (outstanding < limits.total()) {
      return ownRoom(channel);
    }
    return channel.sentItems == 0 ? 1 : 0;
  }

  private int ownRoom(EngineChannel channel) {
    return channel.sentBytes < limits.bytes() ? limits.items() - channel.sentItems : 0;
  }

  /** Its receiver is told when there is room again. */
  void awaitRoom(EngineChannel channel) {
    channel.awaitsRoom = true;
    if (ownRoom(channel) > 0) {
      starved.add(channel);
    }
  }

  void sent(EngineChannel channel, int bytes) {
    channel.sentItems++;
    channel.sentBytes += bytes;
    outstanding += bytes;
  }

  /**
   * The other side has taken something; for a channel that is closed, see {@link #credited(long,
   * Consumer)}.
   *
   * @param onRoom gets each channel that was waiting and now has room
   */
  void credited(EngineChannel channel, int items, int bytes, Consumer<EngineChannel> onRoom) {
    if (items > channel.sentItems || bytes > channel.sentBytes) {
      throw new ProtocolException(
          "credit on channel %d for %d items of %d bytes, where %d of %d are outstanding"
              .formatted(channel.id, items, bytes, channel.sentItems, channel.sentBytes));
    }
    channel.sentItems -= items;
    channel.sentBytes -= bytes;
    outstanding -= bytes;
    if (channel.awaitsRoom && ownRoom(channel) > 0) {
      starved.add(channel);
      tellIfRoom(channel, onRoom);
    }
    tellStarved(onRoom);
  }

  /** The other side has taken, or will never take, something of a channel that is closed. */
  void credited(long bytes, Consumer<EngineChannel> onRoom) {
    if (bytes > outstanding) {
      throw new ProtocolException(
          "credit for %d bytes, where %d are outstanding".formatted(bytes, outstanding));
    }
    outstanding -= bytes;
    tellStarved(onRoom);
  }

  /** Each that is told may send, close others, or wait again, behind all others. */
  private void tellStarved(Consumer<EngineChannel> onRoom) {
    int left = starved.size();
    while (left-- > 0 && outstanding < limits.total() && !starved.isEmpty()) {
      EngineChannel channel = starved.iterator().next();
      starved.remove(channel);
      tellIfRoom(channel, onRoom);
    }
  }

  private void tellIfRoom(EngineChannel channel, Consumer<EngineChannel> onRoom) {
    if (room(channel) > 0) {
      starved.remove(channel);
      channel.awaitsRoom = false;
      onRoom.accept(channel);
    }
  }

  /** The channel has ended: nobody waits there any more. */
  void ended(EngineChannel channel) {
    channel.awaitsRoom = false;
    starved.remove(channel);
  }
}
