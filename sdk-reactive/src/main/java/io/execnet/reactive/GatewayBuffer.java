package io.execnet.reactive;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What the channels of a gateway with credit hold together, those that have ended too. Once nobody
 * receives so much of it that it fills the buffer, they stop each other. Confined to the event
 * loop.
 */
final class GatewayBuffer {

  private static final Logger LOGGER = Loggers.getLogger(Channel.class);

  private final String gatewayId;
  private final int limit;
  private final Set<CreditWindow> holding = new LinkedHashSet<>();

  /** No less than what nobody receives: it is counted only when this may be too much. */
  private long unreceivedAtMost;

  private boolean full;

  GatewayBuffer(String gatewayId, int limit) {
    this.gatewayId = gatewayId;
    this.limit = limit;
  }

  /** It holds something from now on, until it is emptied. */
  void filled(CreditWindow window) {
    holding.add(window);
  }

  void emptied(CreditWindow window) {
    holding.remove(window);
  }

  /** One of those that hold something got so much more. */
  void added(int bytes) {
    unreceivedAtMost += bytes;
    if (unreceivedAtMost >= limit) {
      check();
    }
  }

  /** Tells those that nobody receives, if they fill it. */
  void check() {
    boolean wasFull = full;
    full = isFull();
    if (!full) {
      return;
    }
    if (!wasFull) {
      LOGGER.warn(
          "the channels of {} hold {} bytes that nobody receives, as much as GroupOptions.gatewayBuffer allows;"
              + " until somebody does, each that holds something gets no more",
          gatewayId,
          unreceivedAtMost);
    }
    List<CreditWindow> stuck = holding.stream().filter(CreditWindow::isUnreceived).toList();
    stuck.forEach(CreditWindow::gatewayIsFull);
  }

  /** Whether what nobody receives fills it. */
  boolean isFull() {
    unreceivedAtMost =
        holding.stream()
            .filter(CreditWindow::isUnreceived)
            .mapToLong(window -> window.held().bytes())
            .sum();
    return unreceivedAtMost >= limit;
  }

  /** Those that hold something. */
  Collection<CreditWindow> holding() {
    return holding;
  }
}
