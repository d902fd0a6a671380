package io.execnet.core.protocol;

/**
 * How much may be on its way in one direction that the other side has not taken yet.
 *
 * @param items on each channel
 * @param bytes on each channel, in bytes of payload; one item may go beyond that
 * @param total in bytes on all channels together; beyond that a channel has one item on its way at
 *     a time, so that none can stop another
 */
public record CreditLimits(int items, int bytes, int total) {

  /** Refuses limits under which nothing could be sent. */
  public CreditLimits {
    if (items < 1 || bytes < 1 || total < 1) {
      throw new IllegalArgumentException(
          "items (%d), bytes (%d) and total (%d) must be 1 or more".formatted(items, bytes, total));
    }
  }
}
