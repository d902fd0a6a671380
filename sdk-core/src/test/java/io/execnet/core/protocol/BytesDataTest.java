package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Long bytes as they are (BYTES_DATA). */
class BytesDataTest {

  private static final CreditLimits MUCH = new CreditLimits(1_000, 1_000_000, 1_000_000);
  private static final int LONG = 4_097;

  private final EngineUnderTest test = EngineUnderTest.with("marshal", "items");
  private final RecordingReceiver channel = test.exec();

  @Test
  void areReadAsBytesOfAnyLength() {
    byte[] bytes = {1, -1, 0};
    byte[] stream = Frame.bytes(Frame.bytesData(1, bytes), Frame.bytesData(1, new byte[0]));
    test.engine.receive(ByteBuffer.wrap(stream));
    stream[9] = 7;

    assertThat((byte[]) channel.items.get(0)).isEqualTo(bytes);
    assertThat((byte[]) channel.items.get(1)).isEmpty();
    assertThat(channel.lengths).containsExactly(3, 0);
  }

  @Test
  void areBytesHoweverTextIsRead() {
    test.engine.reconfigure(1, new StringCoercion(false, true));
    test.receive(Frame.bytesData(1, new byte[] {'a'}));

    assertThat((byte[]) channel.items.get(0)).containsExactly('a');
  }

  @Test
  void countForCredit() {
    EngineUnderTest counting = EngineUnderTest.withCredit(new CreditLimits(2, 8, 1), MUCH);
    RecordingReceiver receiver = counting.exec();
    counting.receive(Frame.bytesData(9, new byte[3]), Frame.bytesData(1, new byte[4]));
    counting.engine.credit().taken(1, 1, receiver.lastLength());

    assertThat(counting.sent()).containsExactly("CREDIT 9 1 3", "CREDIT 1 1 4");
  }

  @Test
  void thatAreTooLongCloseTheirChannelAndAreCredited() {
    ProtocolLimits limits = new ProtocolLimits(ValueLimits.DEFAULT, 100, 10);
    EngineUnderTest small = EngineUnderTest.withCredit(limits, MUCH, MUCH);
    RecordingReceiver receiver = small.exec();
    small.receive(Frame.bytesData(1, new byte[101]));

    assertThat(receiver.errorMessage()).contains("payload of 101 bytes is over the limit of 100");
    assertThat(small.sent()).contains("CREDIT 1 1 101");
  }

  @Test
  void areWrittenWhereTheyAreLong() {
    byte[] bytes = new byte[LONG + 2];
    bytes[1] = 5;
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().position(1);

    assertThat(test.engine.send(1, bytes)).isEqualTo(LONG + 2);
    assertThat(test.engine.send(1, direct)).isEqualTo(LONG + 1);
    assertThat(test.engine.send(1, Optional.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer())))
        .isEqualTo(LONG + 2);
    assertThat(direct.remaining()).isEqualTo(LONG + 1);
    List<Frame> frames = Frame.readAll(test.engine.outbound().view());
    assertThat(frames).extracting(Frame::type).containsOnly(75);
    assertThat(frames.get(0).payload()).isEqualTo(bytes);
    assertThat(frames.get(1).payload()).hasSize(LONG + 1).startsWith(5);
    assertThat(frames.get(2).payload()).isEqualTo(bytes);
  }

  @Test
  void areWrittenAsOtherValuesWhereTheyAreShortOrInOne() {
    test.engine.send(1, new byte[LONG - 1]);
    test.engine.endSend(1);
    int id = test.exec().id;
    test.engine.send(id, ByteBuffer.allocate(LONG - 1));
    test.engine.send(id, List.of(new byte[LONG]));

    assertThat(Frame.readAll(test.engine.outbound().view()))
        .extracting(Frame::type)
        .containsExactly(73, 73);
  }

  @Test
  void overTheLimitAreADumpErrorThatNamesIt() {
    EngineUnderTest small =
        EngineUnderTest.with(
            new ProtocolLimits(ValueLimits.DEFAULT, 64 << 10, 10), null, "marshal", "items");
    small.exec();
    small.engine.send(1, 1);

    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> small.engine.send(1, new byte[(64 << 10) + 1]))
        .withMessageContaining("a payload of 65537 bytes is over the limit of 65536")
        .withMessageContaining("maxPayload");
    small.engine.send(1, new byte[64 << 10]);
    assertThat(small.sent()).containsExactly("MARSHALLED 1 1", "BYTES 1 of 65536");
  }
}
