package io.execnet.reactive;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** An event loop that fills a window while a thread empties it: in the end it is read from. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE)
@State
public class GateWindowStress {

  private static final GroupOptions OPTIONS = GroupOptions.defaults().withReceiveBuffer(2, 1_000);

  private final LaterConnection connection = new LaterConnection();
  private final GateWindow window =
      new GateWindow(connection.eventLoop(), new ReadGate(connection), OPTIONS, () -> {});

  /** Puts in, more than it may hold. */
  @Actor
  public void loop() {
    window.added(1);
    window.added(1);
    window.added(1);
    connection.runTasks();
  }

  /** Takes out. */
  @Actor
  public void subscriber() {
    window.removed(1);
    window.removed(1);
    window.removed(1);
  }

  /** Looks. */
  @Arbiter
  public void look(Z_Result result) {
    connection.runTasks();
    result.r1 = connection.reading;
  }
}
