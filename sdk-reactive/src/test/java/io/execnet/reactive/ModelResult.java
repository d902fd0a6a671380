package io.execnet.reactive;

import java.util.function.Predicate;
import org.reactivestreams.Subscription;

/** Waits for the end of what was begun, and sees to it that it comes. */
final class ModelResult extends ModelSubscriber {

  ModelResult(ModelGateway pair, String name) {
    super(pair, name);
  }

  @Override
  public void onSubscribe(Subscription given) {
    super.onSubscribe(given);
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Object item) {}

  boolean hasCompleted() {
    return hasEnded() && error() == null;
  }

  /**
   * It must have ended.
   *
   * @param allowed whether it may have failed so
   */
  void checkEnded(Predicate<Throwable> allowed) {
    Throwable cause = error();
    if (isActive()) {
      pair.violation(name + " never ended");
    } else if (cause != null && !allowed.test(cause)) {
      pair.violation(name + " failed with " + cause);
    }
  }
}
