package io.execnet.benchmarks.transport;

import io.execnet.core.value.PyNone;
import io.execnet.core.value.PyTuple;
import io.execnet.reactive.BlockingChannel;
import io.execnet.reactive.Channel;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import io.execnet.reactive.RemoteExec;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** This library in this JVM, as its users use it. */
final class OurGateway implements Contender {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String name;
  private final Group group;
  private final Gateway gateway;
  private final boolean blocks;

  OurGateway(String name, String spec, GroupOptions options) {
    this(name, spec, options, true);
  }

  /**
   * @param blocks whether who calls waits for each answer, rather than sends on from the signal
   */
  private OurGateway(String name, String spec, GroupOptions options, boolean blocks) {
    this.name = name;
    this.blocks = blocks;
    this.group = Group.create(options);
    this.gateway = Objects.requireNonNull(group.makeGateway(spec).block(PATIENCE));
  }

  /** One whose signals stay on the event loop. */
  static OurGateway onEventLoop(String name, String spec) {
    GroupOptions options = GroupOptions.defaults().withScheduler(Schedulers.immediate());
    return new OurGateway(name, spec, options, false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean does(Workload workload) {
    return workload.kind() != Workload.Kind.OPEN && workload.kind() != Workload.Kind.START;
  }

  @Override
  public double seconds(Workload workload) throws InterruptedException {
    RemoteExec exec = gateway.remoteExec(RemoteSource.of(workload.kind()));
    long begin = System.nanoTime();
    switch (workload.kind()) {
      case UPLOAD -> upload(exec, workload.item(), workload.count());
      case DOWNLOAD -> download(exec, workload.item(), workload.count());
      case ROUND_TRIP, TAIL -> {
        Laps laps = new Laps(workload.count());
        if (blocks) {
          roundTrips(exec, workload.count(), laps);
        } else {
          pipeline(exec, workload.count(), 1, laps::next);
        }
        return laps.seconds(workload.kind());
      }
      case PIPELINE -> pipeline(exec, workload.count(), Workload.AT_ONCE, () -> {});
      case EXEC -> execute(exec, workload.count(), 1);
      case EXEC_64 -> execute(exec, workload.count(), Workload.AT_ONCE);
      case START, OPEN -> throw new IllegalArgumentException("that is for OurOpenings");
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  // Nothing here half-closes: a stock worker that hears of it first sends no close at the end.

  private static void upload(RemoteExec exec, Item item, int count) {
    Object value = item.value();
    Flux<Object> items = Flux.range(0, count).map(i -> value).concatWithValues(PyNone.NONE);
    Channel channel = open(exec);
    Mono<Long> counted = channel.receive(Long.class).next();
    require(count, channel.send(items).then(counted).block(PATIENCE));
  }

  private static void download(RemoteExec exec, Item item, int count) {
    Channel channel = open(exec);
    Mono<Long> received = channel.receive().count();
    require(count, channel.send(PyTuple.of(item.python(), count)).then(received).block(PATIENCE));
  }

  private static void pipeline(RemoteExec exec, int count, int atOnce, Runnable afterEach) {
    Channel channel = open(exec);
    AtomicInteger next = new AtomicInteger(atOnce);
    Flux<Long> answers =
        channel
            .receive(Long.class)
            .doOnNext(
                answer -> {
                  afterEach.run();
                  int i = next.getAndIncrement();
                  if (i < count) {
                    channel.send((long) i).subscribe();
                  } else if (answer == count - 1) {
                    channel.send(PyNone.NONE).subscribe();
                  }
                });
    Mono<Void> first = Flux.range(0, atOnce).concatMap(i -> channel.send((long) i)).then();
    require(count, first.then(answers.count()).block(PATIENCE));
  }

  private static void execute(RemoteExec exec, int count, int atOnce) {
    Mono<Object> one = exec.receive().single();
    require(count, Flux.range(0, count).flatMap(i -> one, atOnce).count().block(PATIENCE));
  }

  private static void roundTrips(RemoteExec exec, int count, Laps laps)
      throws InterruptedException {
    try (BlockingChannel channel = open(exec).blocking()) {
      for (long i = 0; i < count; i++) {
        channel.send(i);
        require(i, channel.receive().orElseThrow());
        laps.next();
      }
      channel.send(PyNone.NONE);
      channel.receive();
    }
  }

  private static Channel open(RemoteExec exec) {
    return Objects.requireNonNull(exec.open().block(PATIENCE));
  }

  private static void require(long expected, @Nullable Object value) {
    if (!Objects.equals(expected, value)) {
      throw new IllegalStateException("expected " + expected + ", got " + value);
    }
  }

  @Override
  public void close() {
    group.close();
  }
}
