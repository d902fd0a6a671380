package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueLimits;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Golden bytes of what goes out. */
class FrameEncodingTest {

  private final EngineUnderTest test = new EngineUnderTest();
  private final ProtocolEngine engine = test.engine;

  @Test
  void statusIsABareHeader() {
    engine.requestStatus(test::receiver);

    assertOut("00 00000001 00000000");
  }

  @Test
  void reconfigureOfAChannelCarriesTwoBools() {
    int id = test.exec().id;

    engine.reconfigure(id, new StringCoercion(false, true));

    assertOut("01 00000001 00000008 43 52 40 00000002 51");
  }

  @Test
  void reconfigureOfTheGatewayIsOnChannel0() {
    engine.reconfigureGateway(StringCoercion.DEFAULT);

    assertOut("01 00000000 00000008 52 43 40 00000002 51");
  }

  @Test
  void terminateIsABareHeaderOnChannel0() {
    engine.terminate();

    assertOut("02 00000000 00000000");
  }

  @Test
  void execCarriesSourceFileFunctionAndArguments() {
    engine.exec(test::receiver, "f", null, "g", Map.of("x", 1));

    assertOut(
        "03 00000001 00000020"
            + "4e 00000001 66" // 'f'
            + "4c" // None
            + "4e 00000001 67" // 'g'
            + "4a 4e 00000001 78 46 00000001 50" // {'x': 1}
            + "40 00000004 51");
  }

  @Test
  void dataCarriesOneValue() {
    int id = test.exec().id;

    engine.send(id, "é");

    assertOut("04 00000001 00000008 4e 00000002 c3a9 51");
  }

  @Test
  void aTopLevelNoneIsNull() {
    int id = test.exec().id;

    engine.send(id, null);

    assertOut("04 00000001 00000002 4c 51");
  }

  @Test
  void closeIsABareHeader() {
    engine.close(test.exec().id, null);

    assertOut("05 00000001 00000000");
  }

  @Test
  void closeWithAnErrorCarriesItsText() {
    engine.close(test.exec().id, "no");

    assertOut("06 00000001 00000008 4e 00000002 6e6f 51");
  }

  @Test
  void endOfSendingIsABareHeader() {
    engine.endSend(test.exec().id);

    assertOut("07 00000001 00000000");
  }

  @Test
  void framesFollowOneAnotherUntilTheyAreTakenOut() {
    int id = test.exec().id;
    engine.send(id, null);
    engine.endSend(id);

    assertOut("04 00000001 00000002 4c 51  07 00000001 00000000");

    engine.close(id, null);

    assertOut("05 00000001 00000000");
  }

  @Test
  void aValueWithoutAPythonFormLeavesNothingBehind() {
    int id = test.exec().id;
    engine.send(id, null);

    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> engine.send(id, Map.of("a", new Object())));

    assertOut("04 00000001 00000002 4c 51");
  }

  @Test
  void aPayloadOverTheLimitIsADumpErrorThatNamesTheLimit() {
    EngineUnderTest small =
        new EngineUnderTest(new ProtocolLimits(ValueLimits.DEFAULT, 20, Integer.MAX_VALUE));
    int id = small.engine.open(small::receiver);

    small.engine.send(id, "x".repeat(14));
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> small.engine.send(id, "x".repeat(15)))
        .withMessageContaining("21 bytes")
        .withMessageContaining("limit of 20")
        .withMessageContaining("maxPayload");

    assertThat(small.sent()).containsExactly("DATA 1 " + "x".repeat(14));
  }

  @Test
  void anErrorTextThatUtf8CanNotEncodeIsSentAllTheSame() {
    engine.close(test.exec().id, "a\ud800b");

    assertThat(test.sent()).containsExactly("CLOSE_ERROR 1 a?b");
  }

  @Test
  void ofAnErrorTextThatIsTooLongTheEndIsSent() {
    EngineUnderTest small =
        new EngineUnderTest(new ProtocolLimits(ValueLimits.DEFAULT, 2_000, Integer.MAX_VALUE));
    int id = small.engine.open(small::receiver);

    small.engine.close(id, "€".repeat(5_000) + "the end");

    Frame frame = Frame.readAll(small.engine.outbound().view()).get(0);
    assertThat(frame.payload()).hasSizeBetween(1_900, 2_000);
    assertThat(frame.toString()).startsWith("CLOSE_ERROR 1 €").endsWith("€the end");
  }

  private void assertOut(String hex) {
    String out = HexFormat.of().formatHex(engine.outbound().toByteArray());
    engine.outbound().clear();
    assertThat(out).isEqualTo(hex.replace(" ", ""));
  }
}
