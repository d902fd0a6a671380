package io.execnet.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;

/**
 * A source that emits as it is asked to and ends, and an event loop that sends: all of it, and then
 * the end, once.
 */
@JCStressTest
@Outcome(id = "[all, complete]", expect = Expect.ACCEPTABLE)
@State
public class ItemSenderStress {

  private static final int FRAME = 15;

  private final LaterConnection connection = new LaterConnection();
  private final List<String> ends = new ArrayList<>();
  private final AtomicLong requested = new AtomicLong();
  private ItemSender sender;
  private int emitted;

  /** Has the sender request its first item. */
  public ItemSenderStress() {
    DefaultGateway gateway = FakeGateways.over(connection, GroupOptions.defaults());
    connection.start(gateway);
    ChannelState channel = FakeGateways.channel(gateway);
    Mono.<Void>create(sink -> sender = new ItemSender(channel, sink))
        .subscribe(null, error -> ends.add(error.toString()), () -> ends.add("complete"));
    sender.onSubscribe(new Source());
    connection.runTasks();
    connection.written = 0;
  }

  private final class Source implements Subscription {

    @Override
    public void request(long n) {
      requested.addAndGet(n);
    }

    @Override
    public void cancel() {
      requested.set(Long.MIN_VALUE);
    }
  }

  /** Emits what is asked for meanwhile. */
  @Actor
  public void source() {
    for (int i = 0; i < 4 && emitted < requested.get(); i++) {
      emitted++;
      sender.onNext(1);
    }
    sender.onComplete();
  }

  /** Sends. */
  @Actor
  public void loop() {
    connection.runTasks();
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    connection.runTasks();
    boolean all = emitted > 0 && connection.written == emitted * FRAME;
    ends.add(0, all ? "all" : connection.written + " bytes of " + emitted + " items");
    result.r1 = ends.toString();
  }
}
