package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.GatewayLostException;
import io.execnet.core.ProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What is printed comes as frames, within a window that the owner opens again. */
class OutputTest {

  private static final String WINDOW = "x".repeat(OutputWindow.SIZE);

  private final EngineUnderTest test = new EngineUnderTest();

  @Test
  void isToldByDescriptor() {
    test.receive(Frame.output(1, "a"), Frame.output(2, "b"), Frame.output(1, "c"));

    assertThat(test.printed).hasToString("1:a2:b1:c");
  }

  @Test
  void ofADescriptorThatIsNoneOfTheTwoOrOfNothingIsIgnored() {
    test.receive(
        Frame.output(0, "a"), Frame.output(3, "b"), Frame.output(-1, "c"), Frame.output(1, ""));

    assertThat(test.printed).isEmpty();
  }

  @Test
  void isNotLimitedByTheSizeOfValues() {
    EngineUnderTest small =
        new EngineUnderTest(new ProtocolLimits(ProtocolLimits.DEFAULT.values(), 1, 1));
    small.receive(Frame.output(1, "abc"));

    assertThat(small.printed).hasToString("1:abc");
  }

  @Test
  void thatExceedsItsWindowBreaksTheProtocol() {
    test.receive(Frame.output(1, WINDOW), Frame.output(2, WINDOW));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.receive(Frame.output(1, "y")))
        .withMessageContaining("more than 65536 bytes of output from descriptor 1");
  }

  @Test
  void thatExceedsItInOneFrameIsRefusedBeforeItIsKept() {
    byte[] header = Frame.bytes(Frame.output(1, WINDOW + "y"));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.engine.receive(ByteBuffer.wrap(header, 0, 9)))
        .withMessageContaining("65537 bytes of output");
  }

  @Test
  void whatWasTakenIsCreditForTheOtherSide() {
    test.receive(Frame.output(1, WINDOW));
    test.engine.outputTaken(1, 3);

    assertThat(test.sent()).containsExactly("OUTPUT_CREDIT 1 3");
    test.receive(Frame.output(1, "abc"));
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.receive(Frame.output(1, "d")));
  }

  @Test
  void comesUntilTheEndWithOneMoreWindowForLastWords() {
    test.receive(Frame.output(2, WINDOW));
    test.engine.terminate();
    test.engine.disconnected(new GatewayLostException("gw0", "ended", null, "", null));
    test.engine.outputTaken(2, OutputWindow.SIZE);
    test.engine.outbound().clear();
    test.receive(Frame.output(2, WINDOW));

    assertThat(test.printed).hasToString("2:" + WINDOW + "2:" + WINDOW);
    assertThat(test.sent()).isEmpty();
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.receive(Frame.output(2, "y")));
  }
}
