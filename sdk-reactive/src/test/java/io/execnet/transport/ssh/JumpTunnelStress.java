package io.execnet.transport.ssh;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What the threads of two sessions share where one goes through the other. */
public final class JumpTunnelStress {

  private JumpTunnelStress() {}

  /** Who goes on just when the next read is due: it is made, once. */
  @JCStressTest
  @Outcome(id = "1", expect = Expect.ACCEPTABLE)
  @State
  public static class Resumes {

    private final AtomicInteger reads = new AtomicInteger();
    private final SuspendableRead read = new SuspendableRead(reads::incrementAndGet);

    /** Suspends. */
    public Resumes() {
      read.suspend();
    }

    /** Takes what has come. */
    @Actor
    public void taker() {
      read.next();
    }

    /** Goes on. */
    @Actor
    public void session() {
      read.resume();
    }

    /** Looks. */
    @Arbiter
    public void look(I_Result result) {
      result.r1 = reads.get();
    }
  }

  /** The end comes just when the last bytes are taken: one of the two finds that all is over. */
  @JCStressTest
  @Outcome(id = "true, false", expect = Expect.ACCEPTABLE)
  @Outcome(id = "false, true", expect = Expect.ACCEPTABLE)
  @Outcome(id = "true, true", expect = Expect.ACCEPTABLE)
  @State
  public static class Ends {

    private final TakenCount count = new TakenCount();

    /** Receives. */
    public Ends() {
      count.received(1);
    }

    /** Takes it. */
    @Actor
    public void taker(ZZ_Result result) {
      count.taken(1);
      result.r1 = count.isOver();
    }

    /** Ends. */
    @Actor
    public void session(ZZ_Result result) {
      count.ended();
      result.r2 = count.isOver();
    }
  }
}
