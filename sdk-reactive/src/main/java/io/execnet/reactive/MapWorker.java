package io.execnet.reactive;

import io.execnet.core.GatewayLostException;
import io.execnet.core.spec.XSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
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

  private final MapJob job;
  private final Group group;
  private final SlotPool pool;
  private final Consumer<Throwable> onGone;
  private final Disposable.Swap replacement = Disposables.swap();

  private volatile XSpec spec;
  private volatile @Nullable Gateway gateway;
  private volatile List<MapSlot> slots = List.of();
  private volatile boolean closing;

  /** Held, since a channel that nobody holds is closed. */
  private volatile @Nullable Channel driver;

  MapWorker(MapJob job, XSpec spec, Group group, SlotPool pool, Consumer<Throwable> onGone) {
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
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("source", job.source().text());
    arguments.put("file_name", job.source().fileName());
    arguments.put("function_name", job.function());
    arguments.put("slots", job.concurrency());
    return opened
        .remoteExec(WorkerScripts.MAP_DRIVER)
        .function("serve_slots", arguments)
        .open()
        .flatMap(
            channel -> {
              driver = channel;
              return channel.receive(Channel.class).take(job.concurrency()).collectList();
            })
        .doOnNext(channels -> offerAll(opened, channels))
        .onErrorResume(error -> opened.kill().then(Mono.error(error)))
        .then();
  }

  private void offerAll(Gateway opened, List<Channel> channels) {
    AtomicBoolean killedOnPurpose = new AtomicBoolean();
    slots =
        channels.stream()
            .map(channel -> new MapSlot(this, channel, killedOnPurpose, job.timeout()))
            .toList();
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
    if (slots.contains(slot) && current != null && current.isOpen()) {
      current.kill().subscribe();
    }
  }

  Mono<Void> exit() {
    return end(Gateway::exit);
  }

  Mono<Void> kill() {
    return end(Gateway::kill);
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
