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

/** A worker that replies just when its time is over: one end, and no value after it. */
@JCStressTest
@Outcome(id = "Value, Value, Completed, end", expect = Expect.ACCEPTABLE)
@Outcome(id = "Value, Failed, end", expect = Expect.ACCEPTABLE)
@Outcome(id = "Failed, end", expect = Expect.ACCEPTABLE)
@State
public class MapAttemptStress {

  private final MapItem item = new MapItem(0, "item");
  private final MapAttempt attempt = new MapAttempt(item, null, it -> {}, () -> {});
  private final List<String> results = new CopyOnWriteArrayList<>();

  /** Begins. */
  public MapAttemptStress() {
    attempt
        .results()
        .subscribe(
            result -> results.add(result.getClass().getSimpleName()),
            error -> results.add(error.toString()),
            () -> results.add("end"));
  }

  /** Yields, and returns. */
  @Actor
  public void worker() {
    attempt.yielded(1);
    if (attempt.finish()) {
      attempt.end(item.value(2), item.completed());
    }
  }

  /** Strikes. */
  @Actor
  public void clock() {
    if (attempt.finish()) {
      attempt.end(item.failed(new IllegalStateException("too late")));
    }
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    result.r1 = String.join(", ", results);
  }
}
