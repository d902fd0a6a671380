package io.execnet.reactive;

import io.execnet.transport.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** What is to be done one after the other, by the thread that made it, when that says so. */
final class ModelLoop implements EventLoop {

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Thread owner = Thread.currentThread();
  private boolean running;

  @Override
  public boolean inEventLoop() {
    return running && Thread.currentThread() == owner;
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() == owner) { // not the collector's, who finds this when it is over
      tasks.add(task);
    }
  }

  @Override
  public Disposable schedule(Duration delay, Runnable task) {
    return Disposables.disposed(); // so late that nobody sees it
  }

  boolean isIdle() {
    return tasks.isEmpty();
  }

  /** Does the next; whether there was one. */
  boolean runOne() {
    Runnable task = tasks.poll();
    if (task != null) {
      run(task);
    }
    return task != null;
  }

  /** Does this now, as one turn. */
  void run(Runnable task) {
    running = true;
    try {
      task.run();
    } finally {
      running = false;
    }
  }
}
