package io.execnet.reactive;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Gives an item where one is wanted, when it is told to; and notes what it is asked for. */
final class ModelSource implements Publisher<Object>, Subscription {

  private final ModelGateway pair;
  private final ModelSendings sendings;
  private final String name;
  final List<String> emitted = new ArrayList<>();
  private @Nullable Subscriber<? super Object> subscriber;
  private long requested;
  private boolean cancelled;
  private boolean ended;

  ModelSource(ModelGateway pair, ModelSendings sendings) {
    this.pair = pair;
    this.sendings = sendings;
    this.name = pair.next("source ");
  }

  @Override
  public void subscribe(Subscriber<? super Object> given) {
    subscriber = given;
    given.onSubscribe(this);
  }

  @Override
  public void request(long n) {
    requested += n;
    pair.note(name + " is asked for " + n);
    if (cancelled) {
      pair.violation(name + " is asked for more after its cancel");
    }
    sendings.checkRequested(this, requested);
    while (pair.random.nextInt(3) == 0 && emit()) {
      // some give at once what they are asked for
    }
  }

  @Override
  public void cancel() {
    pair.note(name + " is cancelled");
    cancelled = true;
  }

  /** Gives one item, if it may. */
  boolean emit() {
    Subscriber<? super Object> to = subscriber;
    if (to == null || !mayEmit()) {
      return false;
    }
    String item = name + "." + emitted.size();
    emitted.add(item);
    to.onNext(item);
    return true;
  }

  /** Ends, if it has not: with this error, if any. */
  void end(@Nullable Throwable error) {
    Subscriber<? super Object> to = subscriber;
    if (to != null && isActive()) {
      pair.note(name + " ends");
      ended = true;
      if (error == null) {
        to.onComplete();
      } else {
        to.onError(error);
      }
    }
  }

  /** Whether somebody may still get something from it. */
  boolean isActive() {
    return subscriber != null && !cancelled && !ended;
  }

  /** Whether it would give something now. */
  boolean mayEmit() {
    return isActive() && emitted.size() < requested;
  }
}
