package io.execnet.benchmarks.transport;

import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** This library in this JVM, opening gateways and closing them. */
final class OurOpenings implements Contender {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String name;
  private final Group group;
  private final String spec;
  private final int atOnce;
  private final @Nullable Gateway keeper;

  /**
   * Opens the keeper, if there is to be one.
   *
   * @param atOnce how many are open or being opened at a time
   * @param keep whether one gateway stays open all the time, and with it the session that the
   *     others share with it
   */
  OurOpenings(String name, String spec, int atOnce, boolean keep) {
    this.name = name;
    this.spec = spec;
    this.atOnce = atOnce;
    this.group = Group.create(GroupOptions.defaults().withOpenConcurrency(atOnce));
    this.keeper = keep ? group.makeGateway(spec).block(PATIENCE) : null;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean does(Workload workload) {
    return workload.kind() == Workload.Kind.OPEN || workload.kind() == Workload.Kind.START;
  }

  @Override
  public double seconds(Workload workload) {
    if (workload.kind() == Workload.Kind.START) {
      return secondsToStart(workload.count());
    }
    long begin = System.nanoTime();
    Flux.range(0, workload.count()).flatMap(i -> one(), atOnce).then().block(PATIENCE);
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (keeper != null && !keeper.isOpen()) {
      throw new IllegalStateException("the gateway that keeps the session has gone");
    }
    return seconds;
  }

  /** So many at a time; their closing does not count. */
  private double secondsToStart(int count) {
    long nanos = 0;
    for (int left = count; left > 0; left -= atOnce) {
      int now = Math.min(left, atOnce);
      long begin = System.nanoTime();
      Mono<List<Gateway>> started =
          Flux.range(0, now).flatMap(i -> group.makeGateway(spec), now).collectList();
      List<Gateway> gateways = Objects.requireNonNull(started.block(PATIENCE));
      nanos += System.nanoTime() - begin;
      Flux.fromIterable(gateways).flatMap(Gateway::exit).then().block(PATIENCE);
    }
    return nanos / 1e9;
  }

  private Mono<Void> one() {
    return use(group, spec);
  }

  /** Opens one, runs a line there, and closes it. */
  static Mono<Void> use(Group group, String spec) {
    return group.makeGateway(spec).flatMap(OurOpenings::use);
  }

  private static Mono<Void> use(Gateway gateway) {
    return gateway
        .remoteExec(RemoteSource.of(Workload.Kind.OPEN))
        .receive()
        .single()
        .then(gateway.exit().then());
  }

  @Override
  public void close() {
    group.close();
  }
}
