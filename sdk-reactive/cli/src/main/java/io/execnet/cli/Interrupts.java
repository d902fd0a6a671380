package io.execnet.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C. The first ends the JVM, whose shutdown hooks kill the workers; a second one does not wait
 * for them, where the JVM by itself would.
 */
final class Interrupts {

  private Interrupts() {}

  /** Installs the handler; where there is no such signal the JVM's own does nearly the same. */
  static void install(Runnable onFirst) {
    AtomicBoolean again = new AtomicBoolean();
    onSignal(
        "INT",
        () -> {
          if (again.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
          }
          onFirst.run();
          System.exit(ExitCode.INTERRUPTED);
        });
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
