package io.execnet.reactive;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** One who requests, and one who emits what it sees: no request is lost, nor counted twice. */
@JCStressTest
@Outcome(id = "5", expect = Expect.ACCEPTABLE)
@State
public class DemandStress {

  private final Demand demand = new Demand();
  private long emitted;

  /** Requests. */
  @Actor
  public void requests() {
    demand.add(2);
    demand.add(3);
  }

  /** Emits. */
  @Actor
  public void emits() {
    emitted = demand.requested();
    demand.produced(emitted);
  }

  /** Adds up. */
  @Arbiter
  public void sum(J_Result result) {
    result.r1 = demand.requested() + emitted;
  }
}
