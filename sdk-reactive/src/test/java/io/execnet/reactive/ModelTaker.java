package io.execnet.reactive;

import java.util.Set;
import org.reactivestreams.Subscription;

/** One of those who receive from a channel, each from where the one before has left. */
final class ModelTaker extends ModelSubscriber {

  private final ModelConversation conversation;
  private long requested;
  private long taken;
  private boolean wrong;

  ModelTaker(ModelGateway pair, ModelConversation conversation, String name) {
    super(pair, name);
    this.conversation = conversation;
  }

  @Override
  public void onSubscribe(Subscription given) {
    super.onSubscribe(given);
    if (pair.random.nextInt(3) == 0) {
      request(1);
    }
  }

  @Override
  public void onNext(Object item) {
    pair.note(name + " takes " + item);
    taken++;
    if (taken > requested || !isActive()) {
      pair.violation(name + " gets what it does not want");
    }
    conversation.received(item);
    switch (pair.random.nextInt(12)) {
      case 0 -> cancel();
      case 1, 2 -> request(1 + pair.random.nextInt(2));
      default -> {}
    }
  }

  @Override
  boolean mayEndSo() {
    return wrong == error() instanceof IllegalArgumentException;
  }

  void request(long count) {
    if (isActive() && subscription != null) {
      pair.note(name + " requests " + count);
      requested += count;
      subscription.request(count);
    }
  }

  void requestAll() {
    if (isActive() && subscription != null && requested < Integer.MAX_VALUE) {
      requested += Integer.MAX_VALUE;
      subscription.request(Integer.MAX_VALUE);
    }
  }

  /** Asks for less than nothing, which is an error of its own. */
  void requestWrongly() {
    if (isActive() && subscription != null) {
      pair.note(name + " requests wrongly");
      wrong = true;
      subscription.request(-1);
    }
  }

  /** Whether it has asked for more than it got. */
  boolean wants() {
    return taken < requested;
  }

  /** Whether it was told the end, and not that it had asked wrongly. */
  boolean sawTheEnd() {
    return hasEnded() && !wrong;
  }

  /** Where it saw the end, that must be one of these; a bad request must have been one. */
  void checkEnd(Set<String> ends) {
    Throwable cause = error();
    String how = cause == null ? "complete" : ModelConversation.describe(cause);
    if (isActive() && wrong) {
      pair.violation(name + " was not told that it had asked wrongly");
    }
    if (sawTheEnd() && !ends.contains(how)) {
      pair.violation(name + " ended with " + how + ", not with " + ends);
    }
  }
}
