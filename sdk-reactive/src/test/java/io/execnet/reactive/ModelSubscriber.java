package io.execnet.reactive;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Somebody of the model who waits for an end, which comes once, or never after a cancel. */
abstract class ModelSubscriber implements CoreSubscriber<Object> {

  final ModelGateway pair;
  final String name;
  @Nullable Subscription subscription;
  private boolean cancelled;
  private boolean ended;
  private @Nullable Throwable error;

  ModelSubscriber(ModelGateway pair, String name) {
    this.pair = pair;
    this.name = name;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
  }

  @Override
  public final void onError(Throwable cause) {
    error = cause;
    end("fails with " + cause.getClass().getSimpleName());
  }

  @Override
  public final void onComplete() {
    end("completes");
  }

  private void end(String how) {
    pair.note(name + " " + how);
    if (!isActive() || !mayEndSo()) {
      pair.violation(name + " " + how);
    }
    ended = true;
  }

  /** Whether this may be the end, with the error that there is by now, if any. */
  boolean mayEndSo() {
    return true;
  }

  /** Waits no more. */
  final void cancel() {
    Subscription given = subscription;
    if (isActive() && given != null) {
      pair.note(name + " cancels");
      cancelled = true;
      given.cancel();
    }
  }

  /** Whether it neither cancelled nor was told the end. */
  final boolean isActive() {
    return !cancelled && !ended;
  }

  final boolean wasCancelled() {
    return cancelled;
  }

  final boolean hasEnded() {
    return ended;
  }

  final @Nullable Throwable error() {
    return error;
  }

  @Override
  public final String toString() {
    return name;
  }
}
