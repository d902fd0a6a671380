package io.execnet.reactive;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** One who offers two slots, and one who wants both: gets them, each once. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE)
@State
public class SlotPoolStress {

  private final SlotPool<String> pool = new SlotPool<>();
  private final List<String> got = new CopyOnWriteArrayList<>();

  /** Offers. */
  @Actor
  public void worker() {
    pool.add("a");
    pool.add("b");
  }

  /** Wants both. */
  @Actor
  public void runs() {
    pool.acquire(false).subscribe(got::add);
    pool.acquire(true).subscribe(got::add);
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    result.r1 = got.stream().distinct().count();
  }
}
