package io.execnet.reactive;

import io.execnet.transport.EventLoop;
import java.util.concurrent.Executor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where a gateway does what users call, its event loop, and where it signals, the scheduler. */
final class GatewayThreads {

  private final EventLoop loop;
  private final Scheduler scheduler;
  private final Runnable flushLater;

  /**
   * Begins nothing.
   *
   * @param flushLater runs on the loop after each command, and has what that sends written
   */
  GatewayThreads(EventLoop loop, Scheduler scheduler, Runnable flushLater) {
    this.loop = loop;
    this.scheduler = scheduler;
    this.flushLater = flushLater;
  }

  EventLoop loop() {
    return loop;
  }

  void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /** The same signals on the scheduler that subscribers get theirs on. */
  <T> Mono<T> signalled(Mono<T> mono) {
    return isImmediate() ? mono : mono.publishOn(scheduler);
  }

  /** A source that is subscribed to, requested from and cancelled there, not on the event loop. */
  <T> Flux<T> requestedOnScheduler(Flux<T> source) {
    return isImmediate() ? source : source.cancelOn(scheduler).subscribeOn(scheduler);
  }

  private boolean isImmediate() {
    return scheduler == Schedulers.immediate();
  }

  /** Does something on the event loop, lazily, and completes when it is done. */
  Mono<Void> command(LoopCommand command) {
    return signalled(commandOnLoop(command));
  }

  /** The same, completing there: for who does nothing then but wake up a thread. */
  Mono<Void> commandOnLoop(LoopCommand command) {
    // to wake up a thread takes longer than to write; who is signalled here may send more first
    Executor afterFlush = isImmediate() ? Runnable::run : loop;
    return Mono.create(
        sink ->
            onLoop(
                () -> {
                  CommandResult result = new CommandResult(sink, flushLater, afterFlush);
                  sink.onDispose(result);
                  command.start(result);
                }));
  }
}
