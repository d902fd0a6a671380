package io.execnet.core.value;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jazzer's search for bytes that break {@link AnyMarshalled}; see {@link SerializerFuzzTest}. */
class MarshalFuzzTest {

  static Stream<Arguments> payloads() {
    return MarshalTest.values()
        .map(values -> Arguments.of((Object) HexFormat.of().parseHex((String) values.get()[1])));
  }

  @MethodSource("payloads")
  @FuzzTest
  void loadsAnything(byte[] bytes) {
    AnyMarshalled.check(bytes);
  }
}
