package io.execnet.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C. The first has what runs interrupted, and ends the JVM when that has ended or was killed;
 * a second one does not wait for it.
 */
final class Interrupts {

  private static final AtomicBoolean BEGUN = new AtomicBoolean();
  private static final CountDownLatch DONE = new CountDownLatch(1);
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Queue<Runnable> FIRST = new ConcurrentLinkedQueue<>();

  private Interrupts() {}

  /** Installs the handler; where there is no such signal the JVM's own kills the workers. */
  static void install() {
    onSignal(
        "INT",
        () -> {
          if (BEGUN.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
          }
          try {
            FIRST.forEach(Runnable::run);
          } finally {
            DONE.countDown();
            System.exit(ExitCode.INTERRUPTED);
          }
        });
  }

  /** Adds to what is done first, in a thread of its own, in the order in which it was added. */
  static void first(Runnable action) {
    FIRST.add(action);
  }

  /** Ends the JVM with this status; if it is being interrupted, with the status of that. */
  static void exit(int status) throws InterruptedException {
    if (BEGUN.get()) {
      DONE.await(LONGEST.toSeconds(), TimeUnit.SECONDS);
      System.exit(ExitCode.INTERRUPTED);
    }
    System.exit(status);
  }

  /** By reflection: javac warns of the class, which is supported (module jdk.unsupported). */
  private static void onSignal(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler calls =
          (proxy, method, args) -> {
            if (method.getName().equals("handle")) {
              action.run();
            }
            return null;
          };
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance(name),
              Proxy.newProxyInstance(
                  Interrupts.class.getClassLoader(), new Class<?>[] {handler}, calls));
    } catch (ReflectiveOperationException e) {
      // the JVM's own handler stays
    }
  }
}
