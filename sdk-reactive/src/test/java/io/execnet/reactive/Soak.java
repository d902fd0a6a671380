package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.testing.Leftovers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * Conversations, faults and floods on workers of every kind, several at a time, for minutes: each
 * on a gateway of its own, or on one that is there all the time. Then nothing must be left, nor the
 * heap have grown. Part of the build with {@code -Psoak} only; {@code -Dexecnet.soak.minutes=10}
 * says how long, {@code -Dexecnet.seed=…} chooses the same again.
 */
class Soak {

  private static final int AT_A_TIME = 4;
  private static final long MEGABYTE = 1 << 20;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String FLOOD =
      """
      import os
      for i in range(2000): os.write(1 + i % 2, b'x' * 1000 + b'\\n')
      for i in range(500): channel.send(bytes(10000))
      """;

  private final List<Worker> workers =
      // some can't run many conversations at once, and some servers serve one master at a time
      Worker.everywhere()
          .filter(it -> !it.spec().get().contains("main_thread_only"))
          .filter(it -> !it.name().contains("the server of stock"))
          .toList();
  private final List<LastingGateway> lasting = new ArrayList<>();
  private final AtomicInteger done = new AtomicInteger();

  @Test
  void nothingIsLeftOfAllThat() throws Exception {
    Duration time = Duration.ofMinutes(Integer.getInteger("execnet.soak.minutes", 5));
    long seed = Long.getLong("execnet.seed", new Random().nextLong());
    System.out.println("execnet.seed=" + seed + ", for " + time);
    for (Worker worker : workers) {
      flood(worker);
    }
    Leftovers before = Leftovers.now();
    long heap = usedHeap();

    workers.forEach(worker -> lasting.add(new LastingGateway(worker)));
    lasting.forEach(LastingGateway::takeStock);
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      Instant end = Instant.now().plus(time);
      CompletionService<Void> runs = new ExecutorCompletionService<>(threads);
      for (int i = 0; i < AT_A_TIME; i++) {
        Random random = new Random(seed + i);
        runs.submit(
            () -> {
              while (Instant.now().isBefore(end)) {
                doOne(random);
                done.incrementAndGet();
              }
              return null;
            });
      }
      for (int i = 0; i < AT_A_TIME; i++) {
        runs.take().get(); // the first that fails ends it
      }
    } finally {
      threads.shutdownNow();
    }

    lasting.forEach(LastingGateway::release); // some share a process
    lasting.forEach(LastingGateway::checkAsBefore);
    lasting.forEach(LastingGateway::close);
    lasting.clear(); // their heap is to be free again too
    before.awaitNoMore();
    assertThat(done).hasPositiveValue();
    // a timer or two may hold what was there last
    long grown =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> usedHeap() - heap, growth -> growth < 16 * MEGABYTE);
    System.out.printf("%d times, the heap has grown by %d KiB%n", done.get(), grown / 1024);
  }

  private void doOne(Random random) throws Exception {
    Worker worker = workers.get(random.nextInt(workers.size()));
    switch (random.nextInt(9)) {
      case 0 -> flood(worker);
      case 1 -> {
        List<Fault> faults = FaultMatrixIT.faults(worker).toList();
        FaultMatrixIT.check(worker, faults.get(random.nextInt(faults.size())));
      }
      case 2 -> RandomConversationsIT.check(worker, random, false);
      case 3 -> cancel(worker);
      case 4 -> map(worker, random);
      case 5, 6, 7 -> lasting.get(random.nextInt(lasting.size())).act(random);
      default -> {
        if (!worker.sharesItsProcess()) {
          RandomConversationsIT.check(worker, random, true);
        }
      }
    }
  }

  private static void flood(Worker worker) {
    try (Group group = Group.create(GroupOptions.defaults().withOutput(line -> {}))) {
      flood(worker.open(group));
    }
  }

  /** Has the code there print and send much. */
  static void flood(Gateway gateway) {
    assertThat(gateway.remoteExec(FLOOD).receive().count().block(PATIENCE)).isEqualTo(500);
  }

  private static void cancel(Worker worker) {
    try (Group group = Group.create()) {
      Gateway gateway = worker.open(group);
      cancel(gateway);
      assertThat(gateway.remoteStatus().blockOptional(PATIENCE).orElseThrow().numexecuting())
          .isZero();
    }
  }

  /** Interrupts what computes, waits or sends. */
  static void cancel(Gateway gateway) {
    for (String code : List.of("while True: pass", "channel.receive()", FLOOD)) {
      Channel channel =
          gateway.remoteExec("channel.send(0)\n" + code).open().blockOptional().orElseThrow();
      channel.receive().next().block(PATIENCE);
      stop(channel);
    }
  }

  /** Interrupts the code, and leaves nothing of what it has sent. */
  static void stop(Channel channel) {
    channel.cancel().thenMany(channel.receive().onErrorComplete()).blockLast(PATIENCE);
  }

  private static void map(Worker worker, Random random) {
    try (Group group = Group.create()) {
      worker.hops().get().forEach(hop -> group.makeGateway(hop).block(PATIENCE));
      XSpec spec = XSpec.parse(worker.spec().get());
      List<byte[]> items =
          Stream.generate(() -> new byte[random.nextInt(1_000_000)]).limit(50).toList();
      assertThat(
              MapJob.of(List.of(spec, spec), PythonSource.of("def run(x): return x + x"))
                  .run(group, Flux.fromIterable(items))
                  .ofType(MapResult.Value.class)
                  .map(value -> ((byte[]) value.value()).length / 2)
                  .collectList()
                  .block(PATIENCE))
          .isEqualTo(items.stream().map(item -> item.length).toList());
    }
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
