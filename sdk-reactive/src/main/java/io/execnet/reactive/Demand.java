package io.execnet.reactive;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;

/** How many items a subscriber has asked for and not got, and whether it kept to the rules. */
final class Demand {

  private static final AtomicLongFieldUpdater<Demand> REQUESTED =
      AtomicLongFieldUpdater.newUpdater(Demand.class, "requested");

  private volatile long requested;
  private volatile @Nullable Throwable violation;

  /** Takes a request; one that the rules forbid is kept to be told. */
  void add(long n) {
    if (n > 0) {
      Operators.addCap(REQUESTED, this, n);
    } else {
      violation = new IllegalArgumentException("a request for " + n + " items (rule 3.9)");
    }
  }

  long requested() {
    return requested;
  }

  void produced(long emitted) {
    if (emitted != 0) {
      Operators.produced(REQUESTED, this, emitted);
    }
  }

  /** The error that a wrong request is to be answered with. */
  @Nullable Throwable violation() {
    return violation;
  }
}
