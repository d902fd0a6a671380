package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import reactor.core.scheduler.Schedulers;

/** Who subscribes to what is printed, and who prints, at the end of either. */
public final class OutputStress {

  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withScheduler(Schedulers.immediate());

  private OutputStress() {}

  /** Who subscribes while the worker ends is told the end. */
  @JCStressTest
  @Outcome(id = "1", expect = Expect.ACCEPTABLE)
  @State
  public static class Ends {

    private final OutputHub hub = new OutputHub(OPTIONS);
    private final AtomicInteger ends = new AtomicInteger();

    /** Subscribes. */
    @Actor
    public void subscriber() {
      hub.lines(line -> true).subscribe(null, null, ends::incrementAndGet);
    }

    /** Ends. */
    @Actor
    public void worker() {
      hub.end();
    }

    /** Looks. */
    @Arbiter
    public void look(I_Result result) {
      result.r1 = ends.get();
    }
  }

  /** Who has a line for a subscriber that takes none, and leaves, goes on. */
  @JCStressTest
  @Outcome(id = "1", expect = Expect.ACCEPTABLE)
  @State
  public static class Leaves {

    private static final OutputLine LINE = new OutputLine("gw0", OutputLine.Stream.STDOUT, "text");

    private final OutputSubscriber subscriber = new OutputSubscriber(line -> true);
    private int handedOver;

    /** Fills it. */
    public Leaves() {
      for (int i = 0; i < OutputSubscriber.BUFFERED_LINES; i++) {
        subscriber.accept(LINE);
      }
    }

    /** Prints. */
    @Actor
    public void worker() {
      subscriber.accept(LINE);
      handedOver = 1;
    }

    /** Leaves. */
    @Actor
    public void leaves() {
      subscriber.leave();
    }

    /** Looks. */
    @Arbiter
    public void look(I_Result result) {
      result.r1 = handedOver;
    }
  }
}
