package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.util.concurrent.Queues;

/**
 * One run of {@link Group#makeGateways}. A spec becomes ready when all that it goes through is open
 * (or one of them is not, and then it fails too); only those that are ready count as being opened.
 */
final class GroupOpening {

  private final GatewayRegistry registry;
  private final Function<GatewayRegistry.Entry, Mono<Gateway>> opener;
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final List<OpenResult> refused = new ArrayList<>();
  private final AtomicInteger unsettled;

  /**
   * Any thread may emit: the queue takes care of that. A sink that makes them wait for each other
   * would make them wait for the subscriber, who is told of some results meanwhile.
   */
  private final Sinks.Many<Task> ready =
      Sinks.unsafe()
          .many()
          .unicast()
          .onBackpressureBuffer(Queues.<Task>unboundedMultiproducer().get());

  private static final class Task {
    private final GatewayRegistry.Entry entry;
    private final List<Task> dependents = new ArrayList<>();
    private final AtomicInteger hopsToWaitFor = new AtomicInteger();
    private volatile OpenResult.@Nullable Failed failedHop;

    Task(GatewayRegistry.Entry entry) {
      this.entry = entry;
    }
  }

  private GroupOpening(
      List<XSpec> specs,
      GatewayRegistry registry,
      Function<GatewayRegistry.Entry, Mono<Gateway>> opener) {
    this.registry = registry;
    this.opener = opener;
    List<Object> reserved = registry.reserveAll(specs);
    for (int i = 0; i < reserved.size(); i++) {
      if (reserved.get(i) instanceof GatewayRegistry.Entry entry) {
        tasks.put(entry.id(), new Task(entry));
      } else {
        refuse(specs.get(i), (XSpecException) reserved.get(i));
      }
    }
    tasks.values().forEach(this::joinHops);
    removeCycles();
    this.unsettled = new AtomicInteger(tasks.size());
  }

  static Flux<OpenResult> run(
      List<XSpec> specs,
      int concurrency,
      GatewayRegistry registry,
      Function<GatewayRegistry.Entry, Mono<Gateway>> opener) {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, not " + concurrency);
    }
    return Flux.defer(() -> new GroupOpening(specs, registry, opener).results(concurrency))
        .doOnDiscard(
            OpenResult.Opened.class, opened -> ((DefaultGateway) opened.gateway()).killNow());
  }

  private void refuse(XSpec spec, XSpecException error) {
    refused.add(new OpenResult.Failed(spec, spec.id().orElse(""), error));
  }

  private void joinHops(Task task) {
    GatewayRegistry.hopIds(task.entry.spec())
        .map(tasks::get)
        .flatMap(hop -> Optional.ofNullable(hop).stream())
        .forEach(
            hop -> {
              hop.dependents.add(task);
              task.hopsToWaitFor.incrementAndGet();
            });
  }

  /** Refuses those that would wait for themselves, and what goes through them, for ever. */
  private void removeCycles() {
    Map<Task, Integer> waitingFor = new LinkedHashMap<>();
    tasks.values().forEach(task -> waitingFor.put(task, task.hopsToWaitFor.get()));
    List<Task> free = new ArrayList<>(tasks.values());
    free.removeIf(task -> task.hopsToWaitFor.get() > 0);
    while (!free.isEmpty()) {
      Task task = free.remove(free.size() - 1);
      waitingFor.remove(task);
      for (Task dependent : task.dependents) {
        if (waitingFor.merge(dependent, -1, Integer::sum) == 0) {
          free.add(dependent);
        }
      }
    }
    for (Task task : waitingFor.keySet()) {
      XSpec spec = task.entry.spec();
      registry.abandon(task.entry);
      tasks.remove(task.entry.id());
      refused.add(
          new OpenResult.Failed(
              spec,
              task.entry.id(),
              new XSpecException("'" + spec + "' goes, at last, through itself")));
    }
  }

  private Flux<OpenResult> results(int concurrency) {
    tasks.values().stream().filter(task -> task.hopsToWaitFor.get() == 0).forEach(this::emit);
    if (tasks.isEmpty()) {
      ready.tryEmitComplete();
    }
    Flux<OpenResult> opening =
        ready
            .asFlux()
            .flatMap(task -> open(task).doOnNext(result -> settled(task, result)), concurrency, 1);
    return Flux.fromIterable(refused)
        .concatWith(opening)
        .doFinally(signal -> tasks.values().forEach(task -> registry.abandon(task.entry)));
  }

  private void emit(Task task) {
    ready.emitNext(task, EmitFailureHandler.FAIL_FAST);
  }

  private Mono<OpenResult> open(Task task) {
    XSpec spec = task.entry.spec();
    OpenResult.Failed hop = task.failedHop;
    if (hop != null) {
      return Mono.just(new OpenResult.Failed(spec, task.entry.id(), unreachable(task, hop)));
    }
    return opener
        .apply(task.entry)
        .<OpenResult>map(gateway -> new OpenResult.Opened(spec, gateway))
        .onErrorResume(error -> Mono.just(new OpenResult.Failed(spec, task.entry.id(), error)));
  }

  private static Throwable unreachable(Task task, OpenResult.Failed hop) {
    Throwable error = hop.error();
    String message =
        "gateway "
            + hop.id()
            + ", which it goes through, could not be opened: "
            + error.getMessage();
    String spec = task.entry.spec().toString();
    if (error instanceof BootstrapException cause) {
      return new BootstrapException(cause.reason(), message, "", cause).of(task.entry.id(), spec);
    }
    return error instanceof XSpecException
        ? new XSpecException("'" + spec + "': " + message)
        : error;
  }

  private void settled(Task task, OpenResult result) {
    if (result instanceof OpenResult.Failed failed) {
      registry.abandon(task.entry);
      task.dependents.forEach(dependent -> dependent.failedHop = failed);
    }
    for (Task dependent : task.dependents) {
      if (dependent.hopsToWaitFor.decrementAndGet() == 0) {
        emit(dependent);
      }
    }
    if (unsettled.decrementAndGet() == 0) {
      ready.emitComplete(EmitFailureHandler.FAIL_FAST);
    }
  }
}
