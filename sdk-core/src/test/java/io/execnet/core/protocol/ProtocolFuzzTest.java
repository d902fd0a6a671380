package io.execnet.core.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Jazzer's search for bytes that break {@link AnyStream}, guided by coverage.
 *
 * <p>Every build searches for some seconds, starting from the inputs below {@code
 * src/test/resources} and from what earlier searches left in {@code .cifuzz-corpus}; what breaks is
 * written to the former, and fails the build. To search for longer: {@code mvn -pl sdk-core
 * test-compile surefire:test@fuzz -Dtest=ProtocolFuzzTest -Dexecnet.fuzz.duration=5m}.
 */
class ProtocolFuzzTest {

  @FuzzTest
  void followsAnything(byte[] bytes) {
    AnyStream.check(bytes);
  }
}
