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
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** This library in this JVM, as its users use it. */
final class OurGateway implements Contender {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String name;
  private final Group group;
  private final Gateway gateway;

  OurGateway(String name, String spec, GroupOptions options) {
    this.name = name;
    this.group = Group.create(options);
    this.gateway = Objects.requireNonNull(group.makeGateway(spec).block(PATIENCE));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double seconds(Workload workload) throws InterruptedException {
    RemoteExec exec = gateway.remoteExec(RemoteSource.of(workload.kind()));
    long begin = System.nanoTime();
    switch (workload.kind()) {
      case UPLOAD -> upload(exec, workload.size(), workload.count());
      case DOWNLOAD -> download(exec, workload.size(), workload.count());
      case ROUND_TRIP -> roundTrips(exec, workload.count());
      case OPEN -> throw new IllegalArgumentException("that is for OurOpenings");
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  // Nothing here half-closes: a stock worker that hears of it first sends no close at the end.

  private static void upload(RemoteExec exec, int size, int count) {
    Object item = size == 0 ? Long.valueOf(1) : new byte[size];
    Flux<Object> items = Flux.range(0, count).map(i -> item).concatWithValues(PyNone.NONE);
    Channel channel = open(exec);
    Mono<Long> counted = channel.receive(Long.class).next();
    require(count, channel.send(items).then(counted).block(PATIENCE));
  }

  private static void download(RemoteExec exec, int size, int count) {
    Channel channel = open(exec);
    Flux<?> items = size == 0 ? channel.receive(Long.class) : channel.receive(byte[].class);
    Mono<Long> received = items.count();
    require(count, channel.send(PyTuple.of(size, count)).then(received).block(PATIENCE));
  }

  private static void roundTrips(RemoteExec exec, int count) throws InterruptedException {
    try (BlockingChannel channel = open(exec).blocking()) {
      for (long i = 0; i < count; i++) {
        channel.send(i);
        require(i, channel.receive().orElseThrow());
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
