package io.execnet.reactive;

import io.execnet.core.protocol.Outstanding;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Schedulers;

/**
 * An event loop that puts items in, and a thread that requests, cancels and subscribes anew: each
 * item comes once, in order, and then the end.
 */
public final class ReceiveQueueStress {

  private static final String ALL = "\\[1, 2, end\\]";

  private ReceiveQueueStress() {}

  /** Notes what comes. */
  private static final class Seen implements CoreSubscriber<Object> {

    private final List<Object> items;
    private Subscription subscription;

    Seen(List<Object> items) {
      this.items = items;
    }

    @Override
    public void onSubscribe(Subscription it) {
      subscription = it;
    }

    @Override
    public void onNext(Object item) {
      items.add(item);
    }

    @Override
    public void onError(Throwable error) {
      items.add(error);
    }

    @Override
    public void onComplete() {
      items.add("end");
    }
  }

  /** A queue, and what has come out of it. jcstress sees no actors here: it does not inherit. */
  private abstract static class Base {

    final ReceiveQueue queue = new ReceiveQueue(Schedulers.immediate(), new NoWindow());
    final List<Object> items = new CopyOnWriteArrayList<>();

    final Seen subscribe() {
      Seen seen = new Seen(items);
      queue.subscribe(seen, items);
      return seen;
    }

    final void fill() {
      queue.offer(1, 1);
      queue.offer(2, 1);
      queue.end(null);
    }
  }

  /** Requests one at a time. */
  @JCStressTest
  @Outcome(id = ALL, expect = Expect.ACCEPTABLE)
  @State
  public static class Requests extends Base {

    private final Seen seen = subscribe();

    /** Puts in. */
    @Actor
    public void loop() {
      fill();
    }

    /** Takes out. */
    @Actor
    public void subscriber() {
      seen.subscription.request(1);
      seen.subscription.request(1);
    }

    /** Looks. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = items.toString();
    }
  }

  /** The first subscriber leaves, and the second goes on. */
  @JCStressTest
  @Outcome(id = ALL, expect = Expect.ACCEPTABLE)
  @State
  public static class HandsOn extends Base {

    private final Seen first = subscribe();

    /** Puts in. */
    @Actor
    public void loop() {
      fill();
    }

    /** Takes one, leaves, and comes again. */
    @Actor
    public void subscribers() {
      first.subscription.request(1);
      first.subscription.cancel();
      subscribe().subscription.request(Long.MAX_VALUE);
    }

    /** Looks; where the first was told the end, the second is told again. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = items.toString();
    }
  }

  private static final class NoWindow extends ReceiveWindow {

    NoWindow() {
      super(Runnable::run, () -> {});
    }

    @Override
    void added(int bytes) {}

    @Override
    void removed(int bytes) {}

    @Override
    Outstanding held() {
      return new Outstanding(0, 0);
    }

    @Override
    void release() {}
  }
}
