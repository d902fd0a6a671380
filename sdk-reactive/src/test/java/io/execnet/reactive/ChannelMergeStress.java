package io.execnet.reactive;

import java.nio.ByteBuffer;
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
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;

/** An event loop whose channels get an item each and end, and one who takes both: gets all. */
@JCStressTest
@Outcome(id = "[a, b], 1 end", expect = Expect.ACCEPTABLE)
@State
public class ChannelMergeStress {

  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withScheduler(Schedulers.immediate());

  private final DefaultGateway gateway = FakeGateways.over(new LaterConnection(), OPTIONS);
  private final ChannelState a;
  private final ChannelState b;
  private final Taker taker = new Taker();

  /** Subscribes. */
  public ChannelMergeStress() {
    gateway.onBytes(ByteBuffer.wrap(FakeConnection.HELLO));
    a = FakeGateways.channel(gateway);
    b = FakeGateways.channel(gateway);
    new ChannelMerge(List.of(new DefaultChannel(a), new DefaultChannel(b)), false).subscribe(taker);
  }

  private static final class Taker extends BaseSubscriber<ChannelEvent<Object>> {

    private final List<Object> items = new CopyOnWriteArrayList<>();
    private volatile int ends;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(ChannelEvent<Object> event) {
      items.add(((ChannelEvent.Item<Object>) event).item());
    }

    @Override
    protected void hookOnComplete() {
      ends++;
    }
  }

  private static void end(ChannelState channel, String item) {
    channel.onItem(item, 1);
    channel.onReceiveEnd();
  }

  /** Puts into both. */
  @Actor
  public void loop() {
    end(a, "a");
    end(b, "b");
  }

  /** Takes. */
  @Actor
  public void subscriber() {
    taker.request(1);
    taker.request(1);
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    result.r1 = taker.items.stream().sorted().toList() + ", " + taker.ends + " end";
  }
}
