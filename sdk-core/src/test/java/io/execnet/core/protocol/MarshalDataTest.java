package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueLimits;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Items in the second encoding (MARSHAL_DATA). */
class MarshalDataTest {

  private static final int MAX_PAYLOAD = 100;

  @Test
  void isWrittenToWhoWantsItWhereThereIsAForm() {
    EngineUnderTest test = EngineUnderTest.with("marshal");
    RecordingReceiver channel = test.exec();

    test.engine.send(channel.id, List.of(1, "a"));
    test.engine.send(channel.id, channel.reference());
    test.engine.send(channel.id, null);

    assertThat(test.sent())
        .containsExactly("MARSHALLED 1 [1, a]", "DATA 1 <1>", "MARSHALLED 1 null");
  }

  @Test
  void isNotWrittenToOthers() {
    EngineUnderTest test = EngineUnderTest.with("ping");
    RecordingReceiver channel = test.exec();

    test.engine.send(channel.id, 1);

    assertThat(test.sent()).containsExactly("DATA 1 1");
  }

  @Test
  void isReadAsTheFirst() {
    EngineUnderTest test = EngineUnderTest.with("marshal");
    RecordingReceiver channel = test.exec();

    test.receive(Frame.marshalled(1, "4e"), Frame.data(1, "b"), Frame.marshalled(1, "5b00000000"));
    test.engine.reconfigure(1, new StringCoercion(true, true));
    test.receive(Frame.marshalled(1, "75 01000000 61"), Frame.marshalled(9, "4e"));

    assertThat(channel.items).startsWith(null, "b", List.of());
    assertThat((byte[]) channel.items.get(3)).containsExactly('a');
  }

  @Test
  void whatCanNotBeReadClosesItsChannelAndNoOther() {
    EngineUnderTest test = EngineUnderTest.with("marshal");
    RecordingReceiver channel = test.exec();
    RecordingReceiver other = test.exec();

    test.receive(Frame.marshalled(1, "69 01"), Frame.marshalled(3, "54"));

    assertThat(channel.errorMessage()).contains("inside marshal's 'i' at byte 0");
    assertThat(other.items).containsExactly(true);
    assertThat(test.sent()).singleElement().asString().startsWith("CLOSE_ERROR 1");
  }

  @Test
  void whatIsTooLongClosesItsChannelAndIsCredited() {
    ProtocolLimits limits = new ProtocolLimits(ValueLimits.DEFAULT, MAX_PAYLOAD, 10);
    CreditLimits credit = new CreditLimits(1, 1_000, 1_000);
    EngineUnderTest test = EngineUnderTest.awaitingHello(limits, new FlowControl(credit, credit));
    Map<String, @Nullable Object> hello = new HashMap<>(Collections.singletonMap("credit", null));
    hello.put("marshal", null);
    test.receive(Frame.hello(hello));
    RecordingReceiver channel = test.exec();
    RecordingReceiver other = test.exec();

    test.receive(Frame.marshalled(1, "00".repeat(MAX_PAYLOAD + 1)), Frame.marshalled(3, "54"));

    assertThat(channel.errorMessage()).contains("payload of 101 bytes is over the limit of 100");
    assertThat(other.items).containsExactly(true);
    assertThat(test.sent()).contains("CREDIT 1 1 101");
  }

  @Test
  void countsForCredit() {
    CreditLimits credit = new CreditLimits(2, 1_000, 1_000);
    EngineUnderTest test = EngineUnderTest.awaitingHello(new FlowControl(credit, credit));
    Map<String, @Nullable Object> hello = new HashMap<>(Collections.singletonMap("credit", null));
    hello.put("marshal", null);
    test.receive(Frame.hello(hello));
    RecordingReceiver channel = test.exec();

    assertThat(test.engine.send(channel.id, 7)).isEqualTo(5);
    assertThat(test.engine.send(channel.id, null)).isEqualTo(1);

    assertThat(test.engine.credit().room(channel.id)).isZero();
    test.receive(Frame.credit(1, 2, 6));
    assertThat(test.engine.credit().room(channel.id)).isPositive();
  }
}
