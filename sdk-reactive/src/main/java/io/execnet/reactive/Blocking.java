package io.execnet.reactive;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Waiting for a {@link Mono} with the errors themselves and with interrupts as they are, where
 * {@link Mono#block()} wraps both.
 */
final class Blocking {

  private Blocking() {}

  static <T> Optional<T> await(Mono<T> mono) throws InterruptedException {
    try {
      return await(mono, null);
    } catch (TimeoutException e) {
      throw new AssertionError("no timeout was set", e);
    }
  }

  /** Waits; a timeout or an interrupt cancels the subscription. */
  static <T> Optional<T> await(Mono<T> mono, @Nullable Duration timeout)
      throws InterruptedException, TimeoutException {
    checkMayBlock();
    CompletableFuture<Optional<T>> future = mono.singleOptional().toFuture();
    try {
      return timeout == null ? future.get() : future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause() == null ? e : e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  static void checkMayBlock() {
    if (Schedulers.isInNonBlockingThread()) {
      throw new IllegalStateException(
          "this blocks, which thread " + Thread.currentThread().getName() + " must not");
    }
  }

  /** The error itself; a checked one is wrapped. */
  static RuntimeException unwrapped(Throwable error) {
    return Exceptions.propagate(error);
  }
}
