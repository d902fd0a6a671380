package io.execnet.transport;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Gives what has been opened to one owner: the subscriber, or else {@code release}.
 *
 * <p>Reactor's operators don't: {@code publishOn}, {@code timeout} and {@code firstWithSignal} drop
 * a value that comes at the same time as the signal that they prefer, and {@code doOnCancel} runs
 * also for the cancel of a subscriber that has got its value ({@code next()}, {@code take(1)}).
 *
 * @param type what is opened
 * @param release closes one that nobody gets; may be called twice
 */
public record Handover<T>(Class<T> type, Consumer<? super T> release) {

  /** Connections, which are killed. */
  public static final Handover<Connection> CONNECTIONS =
      new Handover<>(Connection.class, Connection::kill);

  /** Signals on that scheduler. */
  public <S extends T> Mono<S> on(Scheduler scheduler, Mono<S> opening) {
    return handOver(opening, Mono.never(), scheduler);
  }

  /** Fails after that time. */
  public <S extends T> Mono<S> within(
      Duration time, Supplier<? extends Throwable> tooLate, Mono<S> opening) {
    return unless(Mono.delay(time).then(Mono.error(tooLate)), opening);
  }

  /** Fails as soon as {@code failure} does. */
  public <S extends T> Mono<S> unless(Mono<Void> failure, Mono<S> opening) {
    return handOver(opening, failure, Schedulers.immediate());
  }

  private <S extends T> Mono<S> handOver(Mono<S> opening, Mono<Void> failure, Scheduler scheduler) {
    return Mono.<S>create(
            sink -> {
              Relay<S> relay = new Relay<>(sink, release, scheduler);
              sink.onDispose(failure.subscribe(nothing -> {}, relay::fail));
              sink.onCancel(relay::cancelled);
              opening.subscribe(relay);
            })
        .doOnDiscard(type, release);
  }

  /**
   * Takes steps with something that is open already.
   *
   * @param release closes it where the subscriber cancels before the steps' value or end
   */
  public static <T> Mono<T> holding(Runnable release, Mono<T> steps) {
    return Mono.create(
        sink -> {
          Relay<T> relay = new Relay<>(sink, value -> {}, Schedulers.immediate());
          sink.onCancel(Disposables.composite(relay, release::run));
          steps.subscribe(relay);
        });
  }

  /** Passes one signal on, and releases a value that comes later. */
  private static final class Relay<S> extends BaseSubscriber<S> {

    private final Context context;
    private final Consumer<? super S> release;
    private final Scheduler scheduler;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final AtomicReference<@Nullable S> held = new AtomicReference<>();
    private volatile boolean cancelled;

    /** Null once it has been told: what is opened may hold this, and is not to hold its opener. */
    private volatile @Nullable MonoSink<S> sink;

    Relay(MonoSink<S> sink, Consumer<? super S> release, Scheduler scheduler) {
      this.sink = sink;
      this.context = Context.of(sink.contextView());
      this.release = release;
      this.scheduler = scheduler;
    }

    @Override
    public Context currentContext() {
      return context;
    }

    @Override
    protected void hookOnNext(S value) {
      if (!decided.compareAndSet(false, true)) {
        release.accept(value);
        return;
      }
      held.set(value);
      if (cancelled || !signal(waiting -> waiting.success(value))) {
        releaseHeld();
      }
    }

    /** The cancel came before the value: a sink may drop one that comes at the same time. */
    void cancelled() {
      cancelled = true;
      cancel();
      releaseHeld();
    }

    private void releaseHeld() {
      S value = held.getAndSet(null);
      if (value != null) {
        release.accept(value);
      }
    }

    @Override
    protected void hookOnComplete() {
      if (decided.compareAndSet(false, true)) {
        signal(MonoSink::success);
      }
    }

    @Override
    protected void hookOnError(Throwable error) {
      if (decided.compareAndSet(false, true)) {
        signal(waiting -> waiting.error(error));
      }
    }

    void fail(Throwable error) {
      if (decided.compareAndSet(false, true)) {
        cancel();
        signal(waiting -> waiting.error(error));
      }
    }

    private boolean signal(Consumer<MonoSink<S>> signal) {
      MonoSink<S> waiting = Objects.requireNonNull(sink);
      sink = null;
      try {
        scheduler.schedule(() -> signal.accept(waiting));
        return true;
      } catch (RejectedExecutionException e) {
        waiting.error(e);
        return false;
      }
    }
  }
}
