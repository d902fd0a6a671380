package io.execnet.reactive;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/** Who waits for the end of one channel, and fails where that can't come. */
final class CloseWaits {

  /** One who waits. */
  private record Waiting(MonoSink<Void> sink, long since) {}

  private final DefaultGateway gateway;
  private final Supplier<Optional<String>> hindrance;
  private final Sinks.Empty<Void> end = Sinks.empty();

  /** In the order in which they came; on the event loop only. */
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /**
   * Creates it, with nobody waiting.
   *
   * @param hindrance why the end can't come; asked on the event loop
   */
  CloseWaits(DefaultGateway gateway, Supplier<Optional<String>> hindrance) {
    this.gateway = gateway;
    this.hindrance = hindrance;
  }

  /** The end alone, however long it takes. */
  Mono<Void> end() {
    return end.asMono();
  }

  /** The end, or {@link IllegalStateException} where it can't come. */
  Mono<Void> await() {
    Mono<Void> failure =
        Mono.create(
            sink -> {
              Waiting one = new Waiting(sink, System.nanoTime());
              gateway
                  .threads()
                  .onLoop(
                      () -> {
                        waiting.add(one);
                        check();
                      });
              // behind what adds it, which may still be on its way to the event loop
              sink.onDispose(() -> gateway.threads().loop().execute(() -> waiting.remove(one)));
            });
    return Mono.firstWithSignal(end.asMono(), failure);
  }

  /** The channel is closed, with this error if any; on the event loop only. */
  void closed(@Nullable Throwable cause) {
    if (cause == null) {
      end.tryEmitEmpty();
    } else {
      end.tryEmitError(cause);
    }
  }

  /** Fails those who wait, if there is a reason; on the event loop only. */
  void check() {
    if (!waiting.isEmpty()) {
      hindrance
          .get()
          .ifPresent(
              why ->
                  List.copyOf(waiting)
                      .forEach(one -> one.sink.error(new IllegalStateException(why))));
    }
  }

  /** Since when the first of them waits, by {@link System#nanoTime()}; on the event loop only. */
  OptionalLong since() {
    return waiting.stream().mapToLong(Waiting::since).findFirst();
  }
}
