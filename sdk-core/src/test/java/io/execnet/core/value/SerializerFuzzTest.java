package io.execnet.core.value;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Jazzer's search for bytes that break {@link AnyBytes}, guided by coverage.
 *
 * <p>Every build searches for some seconds, starting from the inputs below {@code
 * src/test/resources} and from what earlier searches left in {@code .cifuzz-corpus}; what breaks is
 * written to the former, and fails the build. To search for longer: {@code mvn -pl sdk-core
 * test-compile surefire:test@fuzz-values -Dexecnet.fuzz.duration=5m}.
 */
class SerializerFuzzTest {

  @FuzzTest
  void loadsAnything(byte[] bytes) {
    AnyBytes.check(bytes);
  }
}
