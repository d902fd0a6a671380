package io.execnet.reactive;

import io.execnet.core.GatewayLostException;
import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/**
 * One worker of a {@link MapRun}: opens a gateway, offers its slots, and replaces it if it dies.
 */
final class MapWorker {

  private static final Logger LOGGER = Loggers.getLogger(MapJob.class);

  /** How often a replacement that dies before it serves is tried again. */
  private static final int REPLACEMENT_RETRIES = 2;

  /** How long what runs may take to end after it was interrupted. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final MapJob job;
  private final Group group;
  private final SlotPool<MapSlot> pool;
  private final Consumer<Throwable> onGone;
  private final Disposable.Swap replacement = Disposables.swap();

  private final List<MapSlot> slots = new CopyOnWriteArrayList<>();

  /** Slots whose items have had their time and may not have ended yet. */
  private final List<MapSlot> interrupted = new CopyOnWriteArrayList<>();

  private volatile XSpec spec;
  private volatile @Nullable Gateway gateway;
  private volatile boolean closing;

  MapWorker(
      MapJob job, XSpec spec, Group group, SlotPool<MapSlot> pool, Consumer<Throwable> onGone) {
    this.job = job;
    this.spec = spec;
    this.group = group;
    this.pool = pool;
    this.onGone = onGone;
  }

  /** Opens the gateway and runs the source there. */
  Mono<Void> open() {
    return group.makeGateway(spec).flatMap(this::serve);
  }

  private Mono<Void> serve(Gateway opened) {
    gateway = opened;
    if (closing) {
      // Whoever closed may not have seen it.
      return opened.kill().then();
    }
    spec = spec.withId(opened.id());
    slots.clear();
    interrupted.clear();
    return Flux.range(0, job.concurrency())
        .concatMap(i -> openSlot(opened))
        .collectList()
        .doOnNext(all -> offerAll(opened, all))
        .onErrorResume(error -> opened.kill().then(Mono.error(error)))
        .then();
  }

  /** An execution for each, so that what runs in one can be interrupted without the others. */
  private Mono<MapSlot> openSlot(Gateway opened) {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("source", job.source().text());
    arguments.put("file_name", job.source().fileName());
    arguments.put("function_name", job.function());
    RemoteExec driver = opened.remoteExec(WorkerScripts.MAP_DRIVER).function("serve", arguments);
    return (interrupts(opened) ? driver.killAfter(GRACE) : driver)
        .open()
        .flatMap(
            channel ->
                channel
                    .receive()
                    .next()
                    .doOnCancel(() -> channel.cancel().subscribe())
                    .thenReturn(new MapSlot(this, channel, job.timeout())));
  }

  private static boolean interrupts(Gateway opened) {
    return opened.capabilities().contains(Capability.CANCEL);
  }

  private void offerAll(Gateway opened, List<MapSlot> all) {
    slots.addAll(all);
    slots.forEach(MapSlot::start);
    opened.onEnd().subscribe(null, this::replace, () -> replace(null));
    slots.forEach(this::offer);
  }

  private void replace(@Nullable Throwable error) {
    if (closing) {
      return;
    }
    if (error != null) {
      LOGGER.warn("replacing a worker: {}", error.getMessage());
    }
    replacement.update(
        open()
            .retryWhen(
                Retry.max(REPLACEMENT_RETRIES)
                    .filter(GatewayLostException.class::isInstance)
                    .onRetryExhaustedThrow((retry, signal) -> signal.failure()))
            .subscribe(null, this::giveUp));
  }

  private void giveUp(Throwable error) {
    LOGGER.error("a worker could not be replaced: {}", error.getMessage());
    onGone.accept(error);
  }

  void offer(MapSlot slot) {
    if (slots.contains(slot)) {
      pool.add(slot);
    }
  }

  /** The slot's channel has ended; if that did not end the gateway too, it is of no more use. */
  void withdraw(MapSlot slot) {
    pool.remove(slot);
    Gateway current = gateway;
    if (!closing && slots.contains(slot) && current != null && current.isOpen()) {
      current.kill().subscribe();
    }
  }

  /**
   * What runs in the slot has had its time: another slot comes when that has ended. Where it does
   * not end, or can't be interrupted, the worker is killed, and its other items run again.
   */
  void interrupt(MapSlot slot) {
    Gateway current = Objects.requireNonNull(gateway);
    slots.remove(slot);
    interrupted.add(slot);
    if (!interrupts(current)) {
      current.kill().subscribe();
      return;
    }
    slot.cancel()
        .onErrorComplete()
        .then(Mono.defer(() -> closing ? Mono.empty() : openSlot(current)))
        .subscribe(
            next -> {
              interrupted.remove(slot);
              slots.add(next);
              next.start();
              offer(next);
            },
            error -> {
              if (!closing) { // else it is ended, when what was interrupted has had its time
                current.kill().subscribe();
              }
            });
  }

  /**
   * Whether a slot is being interrupted: where the worker ends now, other items are not to blame.
   */
  boolean isInterrupting() {
    return !interrupted.isEmpty();
  }

  Mono<Void> exit() {
    return end(current -> ended(interrupted).then(current.exit()));
  }

  /** Interrupts all that runs there, and then ends it. */
  Mono<Void> stop() {
    return end(
        current ->
            interrupts(current)
                ? ended(slots).then(ended(interrupted)).then(current.exit())
                : current.kill());
  }

  /** Interrupts what runs there, if nobody has, and waits for its end. */
  private static Mono<Void> ended(List<MapSlot> some) {
    return Flux.fromIterable(some)
        .flatMap(slot -> slot.cancel().onErrorComplete(), Integer.MAX_VALUE)
        .then();
  }

  private Mono<Void> end(Function<Gateway, Mono<GatewayEnd>> how) {
    return Mono.defer(
        () -> {
          closing = true;
          replacement.dispose();
          Gateway current = gateway;
          return current == null ? Mono.empty() : how.apply(current).then();
        });
  }
}
