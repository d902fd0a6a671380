package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Leftovers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Random conversations with a real worker, many at a time, against a simple model: {@code
 * -Dexecnet.seed=…} does again what was done to the channels, though not at the same moments.
 */
@Timeout(300)
class RandomConversationsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Worker POPEN = new Worker("popen", () -> "popen");
  private static final int STEPS = 3_000;
  private static final int AT_A_TIME = 20;

  @BeforeAll
  static void openOnce() {
    // the JVM keeps a socket from its first use of one, and the SSH server stays
    Stream.concat(Stream.of(POPEN), farther())
        .forEach(
            worker -> {
              try (Group group = Group.create()) {
                worker.open(group);
              }
            });
  }

  /** Those that bytes take longer to, so that more of them are on their way. */
  static Stream<Worker> farther() {
    Set<String> names = Set.of("over SSH", "through a hop");
    return RemoteWorkers.all().filter(worker -> names.contains(worker.name()));
  }

  static LongStream seeds() {
    return Optional.ofNullable(Long.getLong("execnet.seed"))
        .map(LongStream::of)
        .orElseGet(() -> new Random().longs(6));
  }

  private static GroupOptions options(Random random) {
    GroupOptions options =
        GroupOptions.defaults()
            .withReceiveBuffer(1 + random.nextInt(5), 1 + random.nextInt(60))
            .withSendBuffer(1 + random.nextInt(5), 1 + random.nextInt(60))
            .withGatewayBuffer(1 + random.nextInt(300));
    return random.nextBoolean() ? options : options.withScheduler(Schedulers.immediate());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void eachEndsAsItHasTo(long seed) {
    checkAlone(POPEN, seed, false);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void eachEndsOnceWhereTheWorkerIsLost(long seed) {
    checkAlone(POPEN, seed, true);
  }

  @ParameterizedTest
  @MethodSource("farther")
  void soItDoesFartherAway(Worker worker) {
    long seed = seeds().findFirst().orElseThrow();
    checkAlone(worker, seed, false);
    checkAlone(worker, seed, true);
  }

  private static void checkAlone(Worker worker, long seed, boolean lose) {
    System.out.println("execnet.seed=" + seed);
    Leftovers before = Leftovers.now();
    check(worker, new Random(seed), lose);
    before.awaitNoMore();
  }

  /**
   * Has many of them.
   *
   * @param lose whether the worker ends, at any time
   */
  static void check(Worker worker, Random random, boolean lose) {
    try (Group group = Group.create(options(random))) {
      Gateway gateway = worker.open(group);
      converse(gateway, random, lose);
      assertThat(gateway.isOpen()).isEqualTo(!lose);
      if (!lose) {
        assertThat(gateway.remoteStatus().block(PATIENCE)).isNotNull();
      }
    }
  }

  /** The same on a gateway that is there. */
  static void converse(Gateway gateway, Random random, boolean lose) {
    List<RandomConversation> all = new ArrayList<>();
    List<RandomConversation> open = new ArrayList<>();
    int lossAt = lose ? random.nextInt(STEPS) : STEPS;
    Mono<Void> loss = gateway.remoteExec("import os\nos._exit(1)").run();
    for (int step = 0; step < STEPS; step++) {
      if (step == lossAt) {
        loss.subscribe(null, error -> {});
      }
      if (step < lossAt && open.size() < AT_A_TIME && random.nextInt(10) == 0) {
        RandomConversation next = RandomConversation.begin(gateway, lose);
        open.add(next);
        all.add(next);
      }
      if (!open.isEmpty()) {
        RandomConversation one = open.get(random.nextInt(open.size()));
        one.step(random);
        if (one.hasEnded() && random.nextInt(4) == 0) {
          open.remove(one);
        }
      }
    }
    if (lose) {
      gateway.onEnd().onErrorComplete().block(PATIENCE);
    }
    all.forEach(RandomConversation::finish);
  }
}
