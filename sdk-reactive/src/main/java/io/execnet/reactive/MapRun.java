package io.execnet.reactive;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One run of a {@link MapJob}: its workers, the slots they offer, and the items on their way. */
final class MapRun {

  /** How many results of one item may wait for their turn here; as many may wait in the worker. */
  private static final int RESULTS_AHEAD = MapSlot.WINDOW;

  private final MapJob job;
  private final SlotPool<MapSlot> pool = new SlotPool<>();
  private final List<MapWorker> workers;
  private final AtomicInteger workersLeft;
  private final Scheduler scheduler;
  private final FailureSignal failure = new FailureSignal();

  private MapRun(MapJob job, Group group) {
    this.job = job;
    this.scheduler = group.options().scheduler();
    this.workers =
        job.specs().stream()
            .map(spec -> new MapWorker(job, spec, group, pool, this::gone))
            .toList();
    this.workersLeft = new AtomicInteger(workers.size());
  }

  static Flux<MapResult> run(MapJob job, Group group, Publisher<?> items) {
    return Flux.usingWhen(
        Mono.fromSupplier(() -> new MapRun(job, group)),
        run -> run.results(items),
        MapRun::exit,
        (run, error) -> run.stop(),
        MapRun::stop);
  }

  private Flux<MapResult> results(Publisher<?> items) {
    return failure.orElse(
        Flux.fromIterable(workers)
            .flatMap(MapWorker::open, Integer.MAX_VALUE)
            .thenMany(Flux.defer(() -> mapped(items))));
  }

  private Flux<MapResult> mapped(Publisher<?> items) {
    // The source and the subscriber may block; neither may hold up the replies of the workers.
    Flux<MapItem> indexed =
        Flux.<Object>from(items).cancelOn(scheduler).subscribeOn(scheduler).index(MapItem::new);
    int slots = workers.size() * job.concurrency();
    // More items than slots are under way: a slow one at the head of an ordered output must not
    // leave the other workers idle.
    Flux<MapResult> results =
        job.ordered()
            ? indexed.flatMapSequential(this::attempt, Math.max(64, 8 * slots), RESULTS_AHEAD)
            : indexed.flatMap(this::attempt, 2 * slots, RESULTS_AHEAD);
    return results.publishOn(scheduler, RESULTS_AHEAD);
  }

  private Flux<MapResult> attempt(MapItem item) {
    return pool.acquire(item.isRetried())
        .flatMapMany(slot -> slot.run(item))
        .onErrorResume(
            WorkerGoneException.class,
            gone ->
                item.mayRetry(gone, job.retries())
                    ? attempt(item)
                    : Flux.just(item.failed(gone.getCause())));
  }

  /** A worker is gone for good. */
  private void gone(Throwable error) {
    if (workersLeft.decrementAndGet() == 0) {
      failure.fail(error);
    }
  }

  private Mono<Void> exit() {
    return Flux.fromIterable(workers).flatMap(MapWorker::exit, Integer.MAX_VALUE).then();
  }

  private Mono<Void> stop() {
    return Flux.fromIterable(workers).flatMap(MapWorker::stop, Integer.MAX_VALUE).then();
  }
}
