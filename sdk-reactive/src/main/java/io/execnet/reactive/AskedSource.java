package io.execnet.reactive;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;

/**
 * A source that tells when it has answered what it was asked for, as far as it does that at once.
 * It has one subscriber, which is on another thread.
 */
final class AskedSource implements Publisher<Object> {

  private static final int SUBSCRIPTION = 1;

  private final Publisher<?> source;

  /** The demand for which no call has returned yet. */
  private final AtomicLong asked = new AtomicLong(SUBSCRIPTION);

  private volatile Runnable whenAnswered = () -> {};

  AskedSource(Publisher<?> source) {
    this.source = source;
  }

  /** So many items are about to be requested. */
  void asking(long count) {
    asked.addAndGet(count);
  }

  /** Completes when no call of the source is to come or under way; for one subscriber. */
  Mono<Void> answered() {
    return Mono.create(
        sink -> {
          whenAnswered = sink::success;
          if (asked.get() == 0) {
            sink.success();
          }
        });
  }

  private void answered(long count) {
    if (asked.addAndGet(-count) == 0) {
      whenAnswered.run();
    }
  }

  @Override
  public void subscribe(Subscriber<? super Object> subscriber) {
    try {
      source.subscribe(new Relay(subscriber));
    } finally {
      answered(SUBSCRIPTION);
    }
  }

  private final class Relay implements Subscriber<Object> {

    private final Subscriber<? super Object> subscriber;

    Relay(Subscriber<? super Object> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscriber.onSubscribe(
          new Subscription() {
            @Override
            public void request(long count) {
              try {
                subscription.request(count);
              } finally {
                answered(count);
              }
            }

            @Override
            public void cancel() {
              subscription.cancel();
            }
          });
    }

    @Override
    public void onNext(Object item) {
      subscriber.onNext(item);
    }

    @Override
    public void onError(Throwable error) {
      subscriber.onError(error);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
