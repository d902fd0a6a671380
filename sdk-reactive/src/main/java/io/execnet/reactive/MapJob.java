package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * A Python function mapped over a stream of items by several workers; immutable.
 *
 * @param specs one worker for each; a worker that dies is replaced by another of the same spec
 * @param source Python source that defines the function
 * @param function the function's name; called with one item it returns a value, or yields any
 *     number
 * @param ordered whether results come in the order of the items, else as they are there
 * @param concurrency how many items each worker has in flight, each in a thread of its own; 1 where
 *     all code runs in the main thread
 * @param retries how often an item is run again when its worker died
 * @param timeout how long an item may take until it is interrupted, and its worker killed and
 *     replaced where it goes on nevertheless, or null for ever
 */
public record MapJob(
    List<XSpec> specs,
    PythonSource source,
    String function,
    boolean ordered,
    int concurrency,
    int retries,
    @Nullable Duration timeout) {

  /**
   * Checks that it can run at all.
   *
   * @throws IllegalArgumentException if there is no worker, or a number makes no sense
   */
  public MapJob {
    specs = List.copyOf(specs);
    check(!specs.isEmpty(), "a map job needs at least one spec");
    check(concurrency >= 1, "concurrency must be at least 1, not " + concurrency);
    check(
        concurrency == 1
            || specs.stream()
                .noneMatch(it -> it.execmodel().equals(Optional.of("main_thread_only"))),
        "a worker with execmodel=main_thread_only runs one item at a time, not " + concurrency);
    check(retries >= 0, "retries can't be negative: " + retries);
    check(
        timeout == null || timeout.compareTo(Duration.ZERO) > 0,
        "the timeout must be longer than nothing, not " + timeout);
  }

  private static void check(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /**
   * The function {@code run} of the source; ordered, one item at a time, no retries, no timeout.
   */
  public static MapJob of(List<XSpec> specs, PythonSource source) {
    return new MapJob(specs, source, "run", true, 1, 0, null);
  }

  /** This job with another function of the source. */
  public MapJob withFunction(String name) {
    return new MapJob(specs, source, name, ordered, concurrency, retries, timeout);
  }

  /** This job with results in the order of the items, or as they are there. */
  public MapJob withOrdered(boolean inOrder) {
    return new MapJob(specs, source, function, inOrder, concurrency, retries, timeout);
  }

  /** This job with so many items in flight on each worker. */
  public MapJob withConcurrency(int items) {
    return new MapJob(specs, source, function, ordered, items, retries, timeout);
  }

  /** This job with items run again so often when their worker died. */
  public MapJob withRetries(int times) {
    return new MapJob(specs, source, function, ordered, concurrency, times, timeout);
  }

  /** This job with a bound on each item's time. */
  public MapJob withTimeout(Duration limit) {
    return new MapJob(specs, source, function, ordered, concurrency, retries, limit);
  }

  /**
   * Opens the workers in this group, maps the items, and exits the workers at the end. Lazy. Items
   * are requested as workers become free and results are taken, so neither is held in memory. A
   * cancel cancels the source, interrupts what runs and ends the workers.
   *
   * @return the results; or an error where a worker could not be opened, or the source itself
   *     raised
   */
  public Flux<MapResult> run(Group group, Publisher<?> items) {
    return MapRun.run(this, group, items);
  }
}
