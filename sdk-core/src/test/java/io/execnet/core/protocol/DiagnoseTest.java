package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Asking the other side what it is at. */
class DiagnoseTest {

  private final EngineUnderTest test = EngineUnderTest.with("diagnose");

  @Test
  void isAskedAndAnsweredByNumber() {
    assertThat(test.engine.diagnose(7)).isTrue();
    assertThat(test.sent()).containsExactly("DIAGNOSE 7");

    test.receive(Frame.diagnosis(7, "much\nto do"));
    assertThat(test.diagnoses).containsExactly("7 much\nto do");
  }

  @Test
  void isNotAskedOfWhoDoesNotKnowItOrCanNotBeReached() {
    assertThat(EngineUnderTest.with("ping").engine.diagnose(1)).isFalse();
    test.engine.terminate();
    assertThat(test.engine.diagnose(1)).isFalse();
    assertThat(test.sent()).containsExactly("TERMINATE 0");
  }

  @Test
  void givesNothingThatATerminalWouldFollow() {
    test.receive(Frame.diagnosis(0, "a\u001b[31mb\rc\u0000"));

    assertThat(test.diagnoses).containsExactly("0 a?[31mb?c?");
  }

  @Test
  void isRefusedBeforeItIsKeptWhereItIsTooLong() {
    byte[] frame = Frame.bytes(Frame.diagnosis(0, "x".repeat((256 << 10) + 1)));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.engine.receive(ByteBuffer.wrap(Arrays.copyOf(frame, 9))))
        .withMessageContaining("is longer than 262144");
  }
}
