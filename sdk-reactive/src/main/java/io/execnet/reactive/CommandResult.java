package io.execnet.reactive;

import java.util.concurrent.Executor;
import reactor.core.Disposable;
import reactor.core.publisher.MonoSink;

/** Passes the end of a command on to who waits for it. */
final class CommandResult implements LoopCommand.Result, Disposable {

  private final MonoSink<Void> sink;
  private final Runnable then;
  private final Executor completing;
  private volatile boolean disposed;

  /**
   * Begins open.
   *
   * @param then runs after the last step
   * @param completing passes success on
   */
  CommandResult(MonoSink<Void> sink, Runnable then, Executor completing) {
    this.sink = sink;
    this.then = then;
    this.completing = completing;
  }

  @Override
  public void run(Runnable step) {
    if (disposed) {
      return;
    }
    try {
      step.run();
      then.run();
      completing.execute(sink::success);
    } catch (RuntimeException | Error e) {
      sink.error(e);
    }
  }

  @Override
  public void dispose() {
    disposed = true;
  }
}
