package io.execnet.transport;

/** The end of this JVM, where it is an orderly one. */
public final class JvmEnd {

  private JvmEnd() {}

  /** Has this done on a thread of its own then; not at all, where it is ending already. */
  public static void whenItComes(String threadName, Runnable action) {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(action, threadName));
    } catch (IllegalStateException e) {
      // who begins anything now has to end it
    }
  }
}
