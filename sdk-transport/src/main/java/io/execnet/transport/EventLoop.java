package io.execnet.transport;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** The single thread on which a connection calls its handler and expects to be called. */
public interface EventLoop extends Executor {

  /** Whether the calling thread is this loop's. */
  boolean inEventLoop();

  /** Runs this on it after a time, of one millisecond at least; disposed of, it does not. */
  default Disposable schedule(Duration delay, Runnable task) {
    return Schedulers.parallel()
        .schedule(
            () -> execute(task),
            Math.max(1, TimeUnit.MILLISECONDS.convert(delay)),
            TimeUnit.MILLISECONDS);
  }
}
