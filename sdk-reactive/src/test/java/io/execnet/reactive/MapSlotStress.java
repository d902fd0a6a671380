package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import reactor.core.scheduler.Schedulers;

/** An item that begins just when its worker ends: it is told so, once. */
@JCStressTest
@Outcome(id = "[WorkerGoneException]", expect = Expect.ACCEPTABLE)
@State
public class MapSlotStress {

  private static final MapJob JOB =
      MapJob.of(List.of(XSpec.parse("popen")), PythonSource.of("def run(item): return item"));
  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withScheduler(Schedulers.immediate());

  private final LaterConnection connection = new LaterConnection();
  private final List<String> results = new CopyOnWriteArrayList<>();
  private final MapSlot slot;

  /** Begins to listen. */
  public MapSlotStress() {
    DefaultGateway gateway = FakeGateways.over(connection, OPTIONS);
    connection.start(gateway);
    Channel channel = FakeGateways.channel(gateway).reference();
    MapWorker worker = new MapWorker(JOB, JOB.specs().get(0), null, new SlotPool<>(), error -> {});
    slot = new MapSlot(worker, channel, null);
    slot.start();
    connection.runTasks();
  }

  /** Runs an item. */
  @Actor
  public void runs() {
    slot.run(new MapItem(0, "item"))
        .subscribe(
            result -> results.add(result.toString()),
            error -> results.add(error.getClass().getSimpleName()),
            () -> results.add("complete"));
  }

  /** Ends. */
  @Actor
  public void loop() {
    connection.handler.onClosed(null);
    connection.runTasks();
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    connection.runTasks();
    result.r1 = results.toString();
  }
}
