package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Two gateways that can't be opened, each with one behind it: all are told, and then the end. */
@JCStressTest
@Outcome(id = "4 results, complete", expect = Expect.ACCEPTABLE)
@State
public class GroupOpeningStress {

  private static final List<XSpec> SPECS =
      Stream.of("popen//id=a", "popen//id=b", "popen//via=a", "popen//via=b")
          .map(XSpec::parse)
          .toList();

  private final Map<String, MonoSink<Gateway>> openings = new ConcurrentHashMap<>();
  private final List<String> results = new CopyOnWriteArrayList<>();
  private volatile String end = "no end";

  /** Begins. */
  public GroupOpeningStress() {
    GroupOpening.run(SPECS, SPECS.size(), new GatewayRegistry(), this::open)
        .subscribe(
            result -> results.add(result.id()),
            error -> end = error.toString(),
            () -> end = "complete");
  }

  private Mono<Gateway> open(GatewayRegistry.Entry entry) {
    return Mono.create(sink -> openings.put(entry.id(), sink));
  }

  private void fails(String id) {
    openings.get(id).error(new IllegalStateException("it can't be opened"));
  }

  /** Fails. */
  @Actor
  public void one() {
    fails("a");
  }

  /** Fails. */
  @Actor
  public void other() {
    fails("b");
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    result.r1 = results.size() + " results, " + end;
  }
}
