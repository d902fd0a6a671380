package io.execnet.transport;

import java.time.Duration;

/** When a start of several steps has to be done: each has what the others have left of the time. */
public final class Deadline {

  private static final Duration LEAST = Duration.ofMillis(1);

  private final Duration whole;
  private final long end;

  private Deadline(Duration whole) {
    this.whole = whole;
    this.end = System.nanoTime() + whole.toNanos();
  }

  /** From now on. */
  public static Deadline in(Duration whole) {
    return new Deadline(whole);
  }

  /** Never nothing, so that who waits so long fails by itself. */
  public Duration left() {
    Duration left = Duration.ofNanos(end - System.nanoTime());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** The time that there was for all of it. */
  public Duration whole() {
    return whole;
  }

  /** As messages name it. */
  @Override
  public String toString() {
    return whole.toMillis() + " ms (startTimeout)";
  }
}
