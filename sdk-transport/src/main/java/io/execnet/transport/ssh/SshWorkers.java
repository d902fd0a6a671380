package io.execnet.transport.ssh;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.sshd.common.util.threads.SshThreadPoolExecutor;

/**
 * The threads on which SSHD works for all sessions: a few, however many sessions there are. What
 * has to wait for something else than the network (a passphrase that somebody types, an agent) does
 * so in {@link #waiting}, where another thread takes its place.
 */
final class SshWorkers extends SshThreadPoolExecutor {

  private static final int THREADS =
      Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));

  /** More that wait at once than this share the threads with the rest. */
  private static final int MAX_WAITING = 200;

  private static final AtomicInteger COUNT = new AtomicInteger();

  private int waiting;

  SshWorkers() {
    super(
        THREADS,
        THREADS + MAX_WAITING,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        work -> {
          Thread thread = new Thread(work, "shared-execnet-ssh-" + COUNT.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Does what may take long, on one of these threads. */
  <T> T waiting(Supplier<T> work) {
    compensate(1);
    try {
      return work.get();
    } finally {
      compensate(-1);
    }
  }

  private synchronized void compensate(int more) {
    waiting += more;
    setCorePoolSize(THREADS + Math.min(waiting, MAX_WAITING));
  }
}
