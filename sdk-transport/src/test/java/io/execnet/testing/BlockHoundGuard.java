package io.execnet.testing;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import reactor.blockhound.BlockHound;

/**
 * Has whatever blocks an event loop fail, in JVMs that the build starts for tests. It is registered
 * as a service, and so Maven's own JVM has it too when it looks for tests, whose classes are not to
 * be rewritten.
 */
public final class BlockHoundGuard implements LauncherSessionListener {

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (Boolean.getBoolean("execnet.blockhound")) {
      BlockHound.install();
    }
  }
}
