package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.core.RemoteException;
import io.execnet.core.spec.XSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class MapJobIT extends MapScenarios {

  @Test
  void mapsInOrder() {
    MapJob squares = job(2, "def run(x): return x * x");

    StepVerifier.create(values(squares, Flux.range(0, 2000)).collectList())
        .expectNext(LongStream.range(0, 2000).<Object>mapToObj(x -> x * x).toList())
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void givesResultsInOrderAlthoughAnEarlierItemTakesLonger() {
    MapJob job =
        job(
            2,
            """
            import os, time
            def run(name):
                while name == 'first' and not os.path.exists(%r):
                    time.sleep(0.01)
                if name == 'last':
                    open(%r, 'w').close()
                return name
            """
                .replace("%r", "'" + folder.resolve("go") + "'"));

    StepVerifier.create(values(job, Flux.just("first", "second", "third", "last")))
        .expectNext("first", "second", "third", "last")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void unorderedGivesThemAsTheyAreThere() {
    MapJob job =
        job(
                2,
                """
                import os, time
                def run(name):
                    while name == 'first' and not os.path.exists('FLAG'):
                        time.sleep(0.01)
                    return name
                """
                    .replace("FLAG", folder.resolve("go").toString()))
            .withOrdered(false);

    StepVerifier.create(values(job, Flux.just("first", "second")))
        .expectNext("second")
        .then(() -> touch(folder.resolve("go")))
        .expectNext("first")
        .expectComplete()
        .verify(PATIENCE);
  }

  private static void touch(Path file) {
    try {
      Files.writeString(file, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFunctionThatYieldsGivesEachValue() {
    MapJob job = job(2, "def run(n):\n    for i in range(n): yield [n, i]");

    StepVerifier.create(job.run(group, Flux.just(2, 0, 100)))
        .expectNext(
            new MapResult.Value(0, 2, List.of(2L, 0L)),
            new MapResult.Value(0, 2, List.of(2L, 1L)),
            new MapResult.Completed(0, 2),
            new MapResult.Completed(1, 0))
        .expectNextCount(101)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aFunctionThatYieldsForEverIsHeldBackByTheSubscriber() {
    MapJob job =
        job(
                1,
                """
                import itertools
                yielded = 0
                def run(item):
                    global yielded
                    for i in itertools.count():
                        yielded += 1
                        yield yielded
                """)
            .withConcurrency(2);
    AtomicReference<Object> last = new AtomicReference<>();

    StepVerifier.create(values(job, Flux.just("a", "b")).doOnNext(last::set), 0)
        .thenRequest(1000)
        .expectNextCount(1000)
        // Of the first item 1,000 values and what may be under way; of the second only the latter.
        .then(() -> assertThat((Long) last.get()).isBetween(1000L, 1100L))
        .thenCancel()
        .verify(PATIENCE);
    await().atMost(PATIENCE).until(() -> group.gateways().isEmpty());
  }

  @Test
  void anItemWhoseFunctionRaisesFailsAndTheRestGoOn() {
    MapJob job = job(2, "def run(x):\n    return 1 / x");

    StepVerifier.create(job.run(group, Flux.just(1, 0, 2)))
        .expectNext(new MapResult.Value(0, 1, 1.0), new MapResult.Completed(0, 1))
        .assertNext(
            result -> {
              MapResult.Failed failed = (MapResult.Failed) result;
              assertThat(failed.item()).isEqualTo(0);
              assertThat(failed.error())
                  .isInstanceOf(RemoteException.class)
                  .hasMessageStartingWith("ZeroDivisionError");
              assertThat(((RemoteException) failed.error()).remoteText())
                  .startsWith("Traceback")
                  .contains("return 1 / x")
                  .doesNotContain("answer(");
            })
        .expectNext(new MapResult.Value(2, 2, 0.5), new MapResult.Completed(2, 2))
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aResultThatCannotBeSentAndAnItemThatCannotBeSentFail() {
    MapJob job = job(1, "def run(x): return object() if x == 1 else x");

    StepVerifier.create(job.run(group, Flux.just(1, new Object(), 3)))
        .assertNext(
            result ->
                assertThat(((MapResult.Failed) result).error()).hasMessageContaining("DumpError"))
        .assertNext(
            result ->
                assertThat(((MapResult.Failed) result).error())
                    .hasMessageContaining("java.lang.Object"))
        .expectNextCount(2)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void concurrencyRunsItemsOfOneWorkerAtOnce() {
    MapJob job =
        job(
                1,
                """
                import threading
                both = threading.Barrier(2, timeout=30)
                def run(x):
                    both.wait()
                    return x
                """)
            .withConcurrency(2);

    StepVerifier.create(values(job, Flux.just(1, 2)))
        .expectNext(1L, 2L)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aSourceThatRaisesIsTheError() {
    StepVerifier.create(job(2, "import no_such_module").run(group, Flux.just(1)))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("no_such_module"))
        .verify(PATIENCE);
  }

  @Test
  void aSourceWithoutTheFunctionIsTheError() {
    StepVerifier.create(job(1, "x = 1").withFunction("go").run(group, Flux.just(1)))
        .expectErrorMessage("NameError: the source defines no function 'go'")
        .verify(PATIENCE);
  }

  @Test
  void aWorkerThatCannotBeOpenedIsTheErrorAndStopsTheOthers() {
    MapJob job =
        new MapJob(
            List.of(XSpec.parse("popen"), XSpec.parse("popen//python=/no/such")),
            PythonSource.of("def run(x): return x"),
            "run",
            true,
            1,
            0,
            null);

    StepVerifier.create(job.run(group, Flux.just(1)))
        .expectError(BootstrapException.class)
        .verify(PATIENCE);
  }

  @Test
  void anErrorOfTheInputIsTheErrorAndStopsTheWorkers() {
    StepVerifier.create(
            job(1, "def run(x): return x")
                .run(group, Flux.error(new IllegalStateException("bad input"))))
        .expectErrorMessage("bad input")
        .verify(PATIENCE);
  }

  @Test
  void asManyItemsAreTakenFromTheInputAsAreUnderWay() {
    AtomicLong taken = new AtomicLong();
    Flux<Long> endless = Flux.<Long>generate(sink -> sink.next(taken.getAndIncrement()));

    StepVerifier.create(job(2, "def run(x): return x").run(group, endless), 0)
        .thenRequest(100)
        .expectNextCount(100)
        .then(() -> assertThat(taken.get()).isLessThan(300))
        .thenCancel()
        .verify(PATIENCE);
    await().atMost(PATIENCE).until(() -> group.gateways().isEmpty());
  }

  @Test
  void aSlowSubscriberCostsNoItemItsTime() {
    MapJob job = job(1, "def run(x): return x").withTimeout(Duration.ofSeconds(1));

    StepVerifier.create(
            values(job, Flux.range(0, 20))
                .concatMap(
                    value ->
                        value.equals(0L)
                            ? Mono.just(value).delayElement(Duration.ofSeconds(2))
                            : Mono.just(value),
                    1)
                .count())
        .expectNext(20L)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void refusesWhatCannotRun() {
    MapJob job = job(1, "def run(x): return x");

    assertThatThrownBy(() -> job.withConcurrency(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> job.withRetries(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> job.withTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    XSpec mainThread = XSpec.parse("popen//execmodel=main_thread_only");
    MapJob alone = MapJob.of(List.of(mainThread), PythonSource.of("def run(x): return x"));
    assertThatThrownBy(() -> alone.withConcurrency(2)).hasMessageContaining("one item at a time");
    assertThatThrownBy(() -> job(0, "")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itsResultsComeOnAThreadThatMayBlock() {
    MapJob job =
        job(1, "import time\ndef run(x): time.sleep(x)").withTimeout(Duration.ofMillis(300));

    StepVerifier.create(
            job.run(group, Flux.just(0, 60))
                .map(result -> Schedulers.isInNonBlockingThread())
                .distinct())
        .expectNext(false)
        .expectComplete()
        .verify(PATIENCE);
  }
}
