package io.execnet.benchmarks.transport;

import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import java.time.Duration;
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
    return workload.kind() == Workload.Kind.OPEN;
  }

  @Override
  public double seconds(Workload workload) {
    long begin = System.nanoTime();
    Flux.range(0, workload.count()).flatMap(i -> one(), atOnce).then().block(PATIENCE);
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (keeper != null && !keeper.isOpen()) {
      throw new IllegalStateException("the gateway that keeps the session has gone");
    }
    return seconds;
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
