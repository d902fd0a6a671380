package io.execnet.reactive;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Waits for the end of what was begun, and sees to it that it comes once, or never after a cancel.
 */
final class ModelResult implements CoreSubscriber<Object> {

  private final ModelGateway pair;
  private final String name;
  private @Nullable Subscription subscription;
  private boolean cancelled;
  private boolean ended;
  private @Nullable Throwable error;

  ModelResult(ModelGateway pair, String name) {
    this.pair = pair;
    this.name = name;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Object item) {}

  @Override
  public void onError(Throwable cause) {
    error = cause;
    end("failed with " + cause.getClass().getSimpleName());
  }

  @Override
  public void onComplete() {
    end("completed");
  }

  private void end(String how) {
    pair.note(name + " " + how);
    if (ended || cancelled) {
      pair.violation(name + " " + how + " after its end");
    }
    ended = true;
  }

  /** Waits no more. */
  void cancel() {
    if (!ended && !cancelled && subscription != null) {
      pair.note(name + " is cancelled");
      cancelled = true;
      subscription.cancel();
    }
  }

  boolean isPending() {
    return !ended && !cancelled;
  }

  boolean wasCancelled() {
    return cancelled;
  }

  boolean hasCompleted() {
    return ended && error == null;
  }

  @Nullable Throwable error() {
    return error;
  }

  /**
   * It must have ended.
   *
   * @param allowed whether it may have failed so
   */
  void checkEnded(Predicate<Throwable> allowed) {
    Throwable cause = error;
    if (isPending()) {
      pair.violation(name + " never ended");
    } else if (cause != null && !allowed.test(cause)) {
      pair.violation(name + " failed with " + cause);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
