package io.execnet.core.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** As {@link ProtocolFuzzTest}, for a connection that begins with a HELLO, and may have credit. */
class HelloFuzzTest {

  @FuzzTest
  void followsAnything(byte[] bytes) {
    AnyStream.checkFromTheBeginning(bytes);
  }
}
