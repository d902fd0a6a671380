package io.execnet.reactive;

import io.execnet.core.protocol.PartialMessage;
import java.util.List;

/**
 * A message of which a part has arrived, at one moment. Until its rest has, nothing else can arrive
 * on its gateway.
 *
 * @param waits {@link Waiter#REST_OF_MESSAGE}, since the last of its bytes came
 */
public record PartialFlow(PartialMessage message, List<Wait> waits) {

  /** Where the waits are. */
  String place() {
    return "a message for channel " + message.channelId();
  }

  @Override
  public String toString() {
    return Wait.described(
        "%s: %d of its %d bytes are here".formatted(place(), message.arrived(), message.length()),
        waits);
  }
}
