package io.execnet.reactive;

import io.execnet.transport.EventLoop;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** A connection whose event loop is whichever thread calls {@link #runTasks}, one at a time. */
class LaterConnection extends FakeConnection {

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  @Override
  public EventLoop eventLoop() {
    return new LaterLoop(tasks);
  }

  /** Runs what is to be run on the event loop, until there is nothing. */
  final void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private record LaterLoop(Queue<Runnable> tasks) implements EventLoop {

    @Override
    public boolean inEventLoop() {
      return false;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Disposable schedule(Duration delay, Runnable task) {
      return Disposables.disposed(); // so late that nobody sees it
    }
  }
}
