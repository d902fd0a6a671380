package io.execnet.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Fails the build if the tests of a module leaked a Netty buffer. It is registered as a service, so
 * being on the class path is enough.
 *
 * <p>JUnit swallows what a listener throws, so at the end of a run with a leak this ends the JVM,
 * which Maven takes as a failure.
 */
public final class NettyLeakGuard implements LauncherSessionListener, TestExecutionListener {

  private static final int EXIT_STATUS = 97;
  private static final ConcurrentLinkedQueue<String> LEAKS = new ConcurrentLinkedQueue<>();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    install();
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    install();
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    List<String> leaks = collect();
    if (!leaks.isEmpty()) {
      // not System.err: Surefire forwards that too late for a JVM that ends here
      PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true);
      err.println(
          "\nThe tests leaked "
              + leaks.size()
              + " Netty buffer(s): release each one that you allocate, retain or are handed.\n"
              + String.join("\n", leaks));
      err.flush();
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }

  private static synchronized void install() {
    if (!(ResourceLeakDetectorFactory.instance() instanceof RecordingFactory)) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
      ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
    }
  }

  /** Finds what has leaked up to now; each leak is told once. */
  static List<String> collect() {
    for (int round = 0; round < 3; round++) {
      collectGarbage();
      ByteBufAllocator.DEFAULT.directBuffer(16).release(); // looks for leaks
    }
    List<String> found = new ArrayList<>();
    for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
      found.add(leak);
    }
    return found;
  }

  private static void collectGarbage() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
    try {
      for (int i = 0; i < 50; i++) {
        System.gc();
        Reference<?> gone = collected.remove(100);
        if (gone == canary) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class RecordingFactory extends ResourceLeakDetectorFactory {

    @Override
    @Deprecated
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new Recording<>(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return new Recording<>(resource, samplingInterval);
    }
  }

  private static final class Recording<T> extends ResourceLeakDetector<T> {

    Recording(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }
}
