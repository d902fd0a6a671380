package io.execnet.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a test needs of the machine it runs on. */
public final class Prerequisites {

  private Prerequisites() {}

  /**
   * Skips the calling test where something that it needs is missing. In continuous integration (the
   * environment has {@code CI=true}), where everything has to be there, it fails instead.
   *
   * @param condition whether the machine has it
   * @param whatToInstall one line for the person who wants to run the test
   */
  public static void require(boolean condition, String whatToInstall) {
    if (condition) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      fail("CI=true, and a prerequisite is missing: " + whatToInstall);
    }
    assumeTrue(false, whatToInstall);
  }
}
