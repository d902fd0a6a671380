package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.ProtocolException;
import io.execnet.core.value.PyTuple;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What both sides say first, if the master has asked for it. */
class HelloTest {

  private static final Map<String, Object> CAN_CREDIT = Collections.singletonMap("credit", null);

  private static final FlowControl FLOW =
      new FlowControl(new CreditLimits(1, 2, 3), new CreditLimits(4, 5, 6));

  @Test
  void namesWhatBothCanDo() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);
    Map<String, Object> much = new HashMap<>(CAN_CREDIT);
    much.put("telepathy", List.of(1));
    test.receive(Frame.hello(much));

    assertThat(test.sent()).containsExactly("HELLO 0 {credit=(1, 2, 3, 4, 5, 6)}");
    assertThat(test.hellos).containsExactly(Set.of("credit"));
  }

  @Test
  void asksForItemsTogetherOnlyWhereTheyCanBeMarshalledAndAFrameOfThemIsNotTooLong() {
    ProtocolLimits enough = new ProtocolLimits(ValueLimits.DEFAULT, 64 << 10, 10);
    ProtocolLimits tooFew = new ProtocolLimits(ValueLimits.DEFAULT, (64 << 10) - 1, 10);
    assertThat(answer(enough, "items", "marshal")).isEqualTo(Set.of("items", "marshal"));
    assertThat(answer(tooFew, "items", "marshal")).isEqualTo(Set.of("marshal"));
    assertThat(answer(enough, "items")).isEmpty();
    assertThat(answer(enough, "marshal")).isEqualTo(Set.of("marshal"));
  }

  /** What the master says and uses, where the worker can do these. */
  private static Set<String> answer(ProtocolLimits limits, String... capabilities) {
    EngineUnderTest test = EngineUnderTest.awaitingHello(limits, null);
    Map<String, Object> hello = new HashMap<>();
    for (String name : capabilities) {
      hello.put(name, null);
    }
    test.receive(Frame.hello(hello));
    Set<String> used = test.hellos.get(0);
    assertThat(test.sent())
        .singleElement()
        .satisfies(frame -> assertThat(frame.split("=null", -1)).hasSize(used.size() + 1))
        .satisfies(frame -> assertThat(used).allMatch(frame::contains));
    return used;
  }

  @Test
  void handsOnTheCompiledProgram() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(null);
    test.receive(Frame.hello(Map.of("compiled", PyTuple.of("3.99 (main)", new byte[300_000]))));

    assertThat(test.compiled).containsExactly("3.99 (main) 300000");
    assertThat(test.sent()).containsExactly("HELLO 0 {}");
    assertThat(test.hellos).containsExactly(Set.of());
  }

  @Test
  void takesNothingElseForTheCompiledProgram() {
    for (Object value : List.of("3.99", PyTuple.of("3.99"), PyTuple.of(3, new byte[1]))) {
      EngineUnderTest test = EngineUnderTest.awaitingHello(null);
      test.receive(Frame.hello(Map.of("compiled", value)));
      assertThat(test.compiled).isEmpty();
      assertThat(test.hellos).hasSize(1);
    }
  }

  @Test
  void offersNothingThatTheWorkerCantDo() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);
    test.receive(Frame.hello(Map.of()));

    assertThat(test.sent()).containsExactly("HELLO 0 {}");
    assertThat(test.hellos).containsExactly(Set.of());
    assertThat(test.engine.credit().room(test.open().id)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void asksForNoCreditWhereNoneIsWanted() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(null);
    test.receive(Frame.hello(CAN_CREDIT));

    assertThat(test.sent()).containsExactly("HELLO 0 {}");
    assertThat(test.engine.credit().room(test.open().id)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void thatDoesNotComeBreaksTheProtocol() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.receive(Frame.output(1, "x")))
        .withMessageContaining("did not begin with a HELLO");
  }

  @Test
  void comesBeforeAnythingElseThatIsSent() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(test::open)
        .withMessageContaining("has not said yet what it can do");
    test.receive(Frame.hello(Map.of()));
    assertThat(test.open().events).isEmpty();
  }

  @Test
  void thatIsNoDictBreaksTheProtocol() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.receive(Frame.hello("hello")))
        .withMessageContaining("HELLO must carry a dict");
  }

  @Test
  void thatIsTooLongIsRefusedBeforeItIsKept() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);
    byte[] frame = Frame.bytes(Frame.hello("x".repeat(1_100_000)));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.engine.receive(ByteBuffer.wrap(Arrays.copyOf(frame, 9))))
        .withMessageContaining("is longer than 1048576");
  }

  @Test
  void thatNobodyHasAskedForIsIgnored() {
    EngineUnderTest test = new EngineUnderTest();
    test.receive(Frame.hello(CAN_CREDIT), Frame.credit(1, 1, 1));

    assertThat(test.sent()).isEmpty();
    assertThat(test.hellos).isEmpty();
  }

  @Test
  void theSecondOneIsIgnored() {
    EngineUnderTest test = EngineUnderTest.awaitingHello(FLOW);
    test.receive(Frame.hello(Map.of()), Frame.hello(CAN_CREDIT));

    assertThat(test.sent()).containsExactly("HELLO 0 {}");
    assertThat(test.hellos).hasSize(1);
  }
}
