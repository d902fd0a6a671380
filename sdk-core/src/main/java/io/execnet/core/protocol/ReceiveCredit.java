package io.execnet.core.protocol;

import io.execnet.core.ProtocolException;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the other side has sent and this one not credited. Credit is kept back to be given in
 * portions, but never so much that the other side might wait for it in vain.
 */
final class ReceiveCredit {

  /** Credit for channels that have ended goes under this number. */
  private static final int NO_CHANNEL = 0;

  /** Writes the frame. */
  interface Grant {
    void write(int channelId, int items, int bytes);
  }

  private final CreditLimits limits;
  private final Grant grant;

  /** Those for which credit is kept back. */
  private final Set<EngineChannel> keeping = new LinkedHashSet<>();

  private long outstanding;
  private long exhaustedAt;
  private long keptOfEnded;

  ReceiveCredit(CreditLimits limits, Grant grant) {
    this.limits = limits;
    this.grant = grant;
  }

  /** Whether the other side may send no more on this channel, whatever comes of the others. */
  boolean isFull(EngineChannel channel) {
    return channel.arrivedItems >= limits.items() || channel.arrivedBytes >= limits.bytes();
  }

  /** An item arrived. */
  void arrived(EngineChannel channel, int bytes) {
    boolean beyondTotal = isExhausted() && channel.arrivedItems > 0;
    if (isFull(channel) || beyondTotal) {
      throw new ProtocolException(
          ("data on channel %d without credit: %d items of %d bytes were outstanding there, %d bytes"
                  + " in all, where %s")
              .formatted(
                  channel.id, channel.arrivedItems, channel.arrivedBytes, outstanding, limits));
    }
    channel.arrivedItems++;
    channel.arrivedBytes += bytes;
    add(bytes);
  }

  private void add(int bytes) {
    boolean relaxed = isRelaxed();
    boolean exhausted = isExhausted();
    outstanding += bytes;
    if (!exhausted && isExhausted()) {
      exhaustedAt = System.nanoTime();
    }
    if (relaxed && !isRelaxed()) {
      grantAll();
    }
  }

  /**
   * Items arrived for a channel that is not there, or can't be read, and were dropped. Who sent
   * them may not know: it gets credit for that channel, lest it waits for ever.
   */
  void dropped(int channelId, int items, int bytes) {
    add(bytes);
    outstanding -= bytes;
    write(channelId, items, bytes);
  }

  /** Items were taken. */
  void taken(EngineChannel channel, int items, long bytes) {
    channel.keptItems += items;
    channel.keptBytes += bytes;
    keeping.add(channel);
    boolean enough =
        channel.keptItems >= (limits.items() + 1) / 2 || channel.keptBytes >= limits.bytes() / 2;
    if (enough || !isRelaxed()) {
      grant(channel);
    }
  }

  /** Items that arrived before the end of their channel were taken, or never will be. */
  void takenOfEnded(long bytes) {
    keptOfEnded += bytes;
    if (keptOfEnded >= limits.bytes() / 2 || !isRelaxed()) {
      grantOfEnded();
    }
  }

  /** The channel has ended; what of it is in somebody's hands is credited without it. */
  void ended(EngineChannel channel) {
    if (keeping.remove(channel)) {
      takenOfEnded(channel.keptBytes);
    }
  }

  /** Whether much more may come before anybody has to wait for the total. */
  private boolean isRelaxed() {
    return outstanding < limits.total() / 2;
  }

  private boolean isExhausted() {
    return outstanding >= limits.total();
  }

  /** Since when nothing more may come, but for channels on which nothing is outstanding. */
  OptionalLong exhaustedSince() {
    return isExhausted() ? OptionalLong.of(exhaustedAt) : OptionalLong.empty();
  }

  private void grantAll() {
    keeping.stream().toList().forEach(this::grant);
    grantOfEnded();
  }

  private void grant(EngineChannel channel) {
    keeping.remove(channel);
    int items = channel.keptItems;
    long bytes = channel.keptBytes;
    channel.keptItems = 0;
    channel.keptBytes = 0;
    channel.arrivedItems -= items;
    channel.arrivedBytes -= bytes;
    outstanding -= bytes;
    write(channel.id, items, bytes);
  }

  private void write(int id, int items, long bytes) {
    long rest = bytes;
    for (; rest > Integer.MAX_VALUE; rest -= Integer.MAX_VALUE) {
      grant.write(id, 0, Integer.MAX_VALUE);
    }
    grant.write(id, items, (int) rest);
  }

  private void grantOfEnded() {
    if (keptOfEnded > 0) {
      long bytes = keptOfEnded;
      keptOfEnded = 0;
      outstanding -= bytes;
      write(NO_CHANNEL, 0, bytes);
    }
  }
}
