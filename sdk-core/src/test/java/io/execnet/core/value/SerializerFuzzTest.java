package io.execnet.core.value;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer's search for bytes that break {@link AnyBytes}, guided by coverage.
 *
 * <p>Every build searches for some seconds, starting from what stock execnet wrote and from what
 * earlier searches left in {@code .cifuzz-corpus}; what breaks is written below {@code
 * src/test/resources}, and fails the build. To search for longer: {@code mvn -pl sdk-core
 * test-compile surefire:test@fuzz -Dtest=SerializerFuzzTest -Dexecnet.fuzz.duration=5m}.
 */
class SerializerFuzzTest {

  static Stream<Arguments> dumps() throws IOException {
    return SerializerVectorsTest.vectors()
        .map(vector -> HexFormat.of().parseHex((String) vector.get()[1]))
        .map(Arguments::of);
  }

  @MethodSource("dumps")
  @FuzzTest
  void loadsAnything(byte[] bytes) {
    AnyBytes.check(bytes);
  }
}
