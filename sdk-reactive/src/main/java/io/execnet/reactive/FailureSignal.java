package io.execnet.reactive;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * An error from elsewhere that ends a stream and cancels its source, as {@code takeUntilOther} does
 * for a completion but not for an error.
 */
final class FailureSignal {

  private final Sinks.Empty<Void> signal = Sinks.empty();
  private volatile @Nullable Throwable error;

  /** Whatever ends the stream from now on, this is why. */
  void announce(Throwable cause) {
    error = cause;
  }

  /** Fails the stream, if it has not ended yet. */
  void fail(Throwable cause) {
    announce(cause);
    signal.tryEmitEmpty();
  }

  /** The stream, up to its end or to the failure. */
  <T> Flux<T> orElse(Flux<T> stream) {
    Mono<T> ending = Mono.defer(() -> error == null ? Mono.empty() : Mono.error(error));
    return stream
        .takeUntilOther(signal.asMono())
        .onErrorMap(cause -> error == null ? cause : error)
        .concatWith(ending);
  }
}
