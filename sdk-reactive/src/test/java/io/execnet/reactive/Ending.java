package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Waits for the end of a stream, and notes how often it comes. */
final class Ending implements Subscriber<Object> {

  private final String name;
  private final List<String> ends = new CopyOnWriteArrayList<>();
  private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();

  private Ending(String name) {
    this.name = name;
  }

  /** Subscribes, and requests all. */
  static Ending of(String name, Publisher<?> stream) {
    Ending ending = new Ending(name);
    stream.subscribe(ending);
    return ending;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Object item) {}

  @Override
  public void onError(Throwable error) {
    ends.add(error.toString());
    end.complete(error);
  }

  @Override
  public void onComplete() {
    ends.add("complete");
    end.complete(null);
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** The error that it ended with, once it has, or null. */
  @Nullable Throwable error(Duration patience) {
    assertThat(end).as(name).succeedsWithin(patience);
    return end.join();
  }

  void endedOnce() {
    assertThat(ends).as(name).hasSize(1);
  }

  @Override
  public String toString() {
    return name + " " + ends;
  }
}
