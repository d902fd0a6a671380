package io.execnet.core.protocol;

import io.execnet.core.value.ValueLimits;

/**
 * Bounds on what one connection may ask for.
 *
 * @param values bounds on each value
 * @param maxPayload the largest payload of one message, in bytes; a larger one that arrives is
 *     skipped and ends its channel alone, a larger one to be sent is a dump error
 * @param maxChannels how many channels may be open at once
 */
public record ProtocolLimits(ValueLimits values, int maxPayload, int maxChannels) {

  /** 256 MiB a payload, a million channels. */
  public static final ProtocolLimits DEFAULT =
      new ProtocolLimits(ValueLimits.DEFAULT, 256 << 20, 1_000_000);

  /** Refuses limits under which nothing could be sent or opened. */
  public ProtocolLimits {
    if (maxPayload < 1 || maxChannels < 1) {
      throw new IllegalArgumentException(
          "maxPayload (%d) and maxChannels (%d) must be 1 or more"
              .formatted(maxPayload, maxChannels));
    }
  }
}
