package io.execnet.core.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Jazzer's search for bytes that break {@link AnyStream}, guided by coverage.
 *
 * <p>A build only repeats what was found before. With the environment variable {@code
 * JAZZER_FUZZ=1} it searches, for as long as {@link FuzzTest} says: {@code JAZZER_FUZZ=1 mvn -pl
 * sdk-core surefire:test@fuzz -Dtest=ProtocolFuzzTest}.
 */
class ProtocolFuzzTest {

  @FuzzTest(maxDuration = "5m")
  void followsAnything(byte[] bytes) {
    AnyStream.check(bytes);
  }
}
