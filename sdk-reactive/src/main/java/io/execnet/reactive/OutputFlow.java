package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.util.List;
import java.util.Locale;

/**
 * What a worker has printed to one stream that is on its way to who takes it, the consumer of
 * {@link GroupOptions#output()} and the subscribers to {@link Gateway#output()}, at one moment.
 *
 * @param heldBytes how much is held here; where the stream is one of the process's own, the line
 *     that is being handed over alone
 * @param waits who waits: {@link Waiter#PRINTER} since a line began to be handed over
 */
public record OutputFlow(OutputLine.Stream stream, long heldBytes, List<Wait> waits) {

  /** Where the waits are. */
  String place() {
    return stream.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return Wait.described("%s: %d bytes are held here".formatted(place(), heldBytes), waits);
  }
}
