package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Items of a map job that come to no good end, and what becomes of their workers. */
class MapEndIT extends MapScenarios {

  private static final String DIES_ONCE =
      """
      import os
      def run(x):
          yield 'before'
          if x == 'deadly' and not os.path.exists('FLAG'):
              open('FLAG', 'w').close()
              os.kill(os.getpid(), 9)
          yield x
      """;

  @Test
  void anItemWhoseWorkerDiedIsRunAgainAndGivesNoValueTwice() {
    MapJob job =
        job(2, DIES_ONCE.replace("FLAG", folder.resolve("died").toString())).withRetries(1);

    StepVerifier.create(values(job, Flux.just("a", "deadly", "b", "c")))
        .expectNext("before", "a", "before", "deadly", "before", "b", "before", "c")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void withoutRetriesItFailsAndTheWorkerIsReplaced() {
    MapJob job = job(1, DIES_ONCE.replace("FLAG", folder.resolve("died").toString()));

    StepVerifier.create(job.run(group, Flux.just("deadly", "b")))
        .expectNext(new MapResult.Value(0, "deadly", "before"))
        .assertNext(
            result ->
                assertThat(((MapResult.Failed) result).error())
                    .isInstanceOf(GatewayLostException.class)
                    .hasMessageContaining("SIGKILL"))
        .expectNext(
            new MapResult.Value(1, "b", "before"),
            new MapResult.Value(1, "b", "b"),
            new MapResult.Completed(1, "b"))
        .expectComplete()
        .verify(PATIENCE);
  }

  /** The neighbour, which begins later, waits for the slow one's end, and so is there then. */
  private static final String SLOW =
      """
      import os, threading, time
      cleaned = threading.Event()
      def run(x):
          if x == 'slow':
              try:
                  time.sleep(1000)
              finally:
                  cleaned.set()
          if x == 'begins later':
              time.sleep(2)
          if x == 'neighbour':
              assert cleaned.wait(30)
          return os.getpid()
      """;

  @Test
  void anItemThatTakesTooLongIsInterruptedAndNobodyElse() {
    MapJob job = job(1, SLOW).withConcurrency(2).withTimeout(Duration.ofSeconds(4));
    Set<Object> pids = new HashSet<>();

    StepVerifier.create(job.run(group, Flux.just("slow", "begins later", "neighbour", "last")))
        .assertNext(
            result ->
                assertThat(((MapResult.Failed) result).error())
                    .isInstanceOf(TimeoutException.class))
        .thenConsumeWhile(
            result -> true,
            result -> {
              if (result instanceof MapResult.Value value) {
                pids.add(value.value());
              } else {
                assertThat(result).isInstanceOf(MapResult.Completed.class);
              }
            })
        .expectComplete()
        .verify(PATIENCE);
    assertThat(pids).hasSize(1);
  }

  @Test
  void theWorkerOfAnItemThatTakesNoNoticeIsKilledAndItsNeighboursAreRunAgain() {
    MapJob job =
        job(
                1,
                """
                import time
                def run(x):
                    while x == 'slow':
                        try: time.sleep(1000)
                        except BaseException: pass
                    return x
                """)
            .withConcurrency(2)
            .withTimeout(Duration.ofSeconds(1));

    StepVerifier.create(job.run(group, Flux.just("a", "slow", "b", "c")))
        .expectNext(new MapResult.Value(0, "a", "a"), new MapResult.Completed(0, "a"))
        .assertNext(
            result ->
                assertThat(((MapResult.Failed) result).error())
                    .isInstanceOf(TimeoutException.class))
        .expectNextCount(4)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void theLastItemHasTimeToEndToo() {
    Path cleaned = folder.resolve("cleaned");
    MapJob job =
        job(
                1,
                """
                import time
                def run(name):
                    try:
                        time.sleep(1000)
                    finally:
                        time.sleep(1)
                        open(name, 'w').close()
                """)
            .withTimeout(Duration.ofMillis(500));

    StepVerifier.create(job.run(group, Flux.just(cleaned.toString())))
        .expectNextMatches(MapResult.Failed.class::isInstance)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(cleaned).exists();
  }

  @Test
  void aCancelInterruptsWhatRuns() {
    Path started = folder.resolve("started");
    Path cleaned = folder.resolve("cleaned");
    MapJob job =
        job(
            2,
            """
            import time
            def run(name):
                try:
                    open(name[0], 'w').close()
                    time.sleep(1000)
                finally:
                    open(name[1], 'w').close()
            """);

    StepVerifier.create(job.run(group, Flux.just(List.of(started.toString(), cleaned.toString()))))
        .then(() -> await().atMost(PATIENCE).until(() -> Files.exists(started)))
        .thenCancel()
        .verify(PATIENCE);
    await().atMost(PATIENCE).until(() -> group.gateways().isEmpty());
    assertThat(cleaned).exists();
  }
}
