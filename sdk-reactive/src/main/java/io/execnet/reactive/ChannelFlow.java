package io.execnet.reactive;

import java.util.List;

/**
 * What is on its way on a channel, and who waits there, at one moment.
 *
 * @param isOpen whether it is not closed yet
 * @param heldItems how many items have arrived that nobody has taken
 * @param heldBytes the lengths of their payloads
 * @param sentItems how many items were sent that the code at the other end has not taken; 0 where
 *     the gateway has no {@link Capability#CREDIT}, and so does not know
 * @param sentBytes the lengths of their payloads
 * @param waits everybody who waits
 */
public record ChannelFlow(
    int channelId,
    boolean isOpen,
    int heldItems,
    long heldBytes,
    int sentItems,
    long sentBytes,
    List<Wait> waits) {

  /** Where the waits are. */
  String place() {
    return "channel " + channelId;
  }

  @Override
  public String toString() {
    return Wait.described(
        "%s%s: %d items of %d bytes are held here, %d of %d there"
            .formatted(
                place(), isOpen ? "" : ", closed", heldItems, heldBytes, sentItems, sentBytes),
        waits);
  }
}
