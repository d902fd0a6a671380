package io.execnet.reactive;

import io.execnet.transport.Handover;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** What is opened belongs to the subscriber or is released, whatever happens at the same time. */
public final class HandoverStress {

  private HandoverStress() {}

  /**
   * Who waits for an opening: it takes what comes, also after it has left, as Reactive Streams
   * wants it (rule 2.8) and Reactor's own subscribers don't.
   */
  private static final class Waits implements CoreSubscriber<String> {

    private Subscription subscription;
    private volatile int received;
    private volatile int failed;

    @Override
    public void onSubscribe(Subscription it) {
      subscription = it;
      it.request(1);
    }

    @Override
    public void onNext(String value) {
      received++;
    }

    @Override
    public void onError(Throwable error) {
      failed++;
    }

    @Override
    public void onComplete() {}
  }

  /** An opening, and who waits for it. jcstress sees no actors here: it does not inherit. */
  private abstract static class Base {

    final Waits waits = new Waits();
    final Sinks.Empty<Void> failure = Sinks.empty();
    final AtomicInteger released = new AtomicInteger();
    final Handover<String> handover =
        new Handover<>(String.class, value -> released.incrementAndGet());

    private CoreSubscriber<? super String> opener;

    /** An opening that nothing can stop any more. */
    final Mono<String> opening =
        new Mono<>() {
          @Override
          public void subscribe(CoreSubscriber<? super String> actual) {
            opener = actual;
            actual.onSubscribe(Operators.emptySubscription());
          }
        };

    final void open() {
      opener.onNext("open");
      opener.onComplete();
    }

    final String outcome() {
      boolean isReleased = released.get() > 0; // once or twice
      return "%d received, %d failed, %s"
          .formatted(waits.received, waits.failed, isReleased ? "released" : "kept");
    }
  }

  /** Whoever waits for it leaves. */
  @JCStressTest
  @Outcome(id = "1 received, 0 failed, kept", expect = Expect.ACCEPTABLE)
  @Outcome(id = "0 received, 0 failed, released", expect = Expect.ACCEPTABLE)
  @State
  public static class Cancels extends Base {

    /** Waits. */
    public Cancels() {
      handover.on(Schedulers.immediate(), opening).subscribe(waits);
    }

    /** Opens. */
    @Actor
    public void opens() {
      open();
    }

    /** Leaves. */
    @Actor
    public void leaves() {
      waits.subscription.cancel();
    }

    /** Looks. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = outcome();
    }
  }

  /** Something fails that it depends on. */
  @JCStressTest
  @Outcome(id = "1 received, 0 failed, kept", expect = Expect.ACCEPTABLE)
  @Outcome(id = "0 received, 1 failed, released", expect = Expect.ACCEPTABLE)
  @State
  public static class Fails extends Base {

    /** Waits. */
    public Fails() {
      handover.unless(failure.asMono(), opening).subscribe(waits);
    }

    /** Opens. */
    @Actor
    public void opens() {
      open();
    }

    /** Fails. */
    @Actor
    public void fails() {
      failure.tryEmitError(new IllegalStateException("failed"));
    }

    /** Looks. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = outcome();
    }
  }
}
