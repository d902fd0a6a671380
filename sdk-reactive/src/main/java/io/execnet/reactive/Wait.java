package io.execnet.reactive;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Somebody who waits on a channel or a gateway.
 *
 * @param time for how long already
 */
public record Wait(Waiter waiter, Duration time) {

  static Wait since(Waiter waiter, long nanoTime) {
    return new Wait(waiter, Duration.ofNanos(Math.max(0, System.nanoTime() - nanoTime)));
  }

  /** What is known of a place, and who waits there. */
  static String described(String place, List<Wait> waits) {
    return waits.stream()
        .map(Wait::toString)
        .collect(Collectors.joining("; ", place + (waits.isEmpty() ? "" : "; "), ""));
  }

  @Override
  public String toString() {
    return "for %d ms %s".formatted(time.toMillis(), waiter);
  }
}
