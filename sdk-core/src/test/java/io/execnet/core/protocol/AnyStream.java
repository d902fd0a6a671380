package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.GatewayLostException;
import io.execnet.core.ProtocolException;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What holds for any bytes from the other side: they are followed, or refused with a {@link
 * ProtocolException}, the same way however they are split; they take memory for what there is of
 * them only; and what is answered is frames.
 */
final class AnyStream {

  private static final ProtocolLimits LIMITS =
      new ProtocolLimits(new ValueLimits(100, 2_000), 1_000, 10);

  private static final FlowControl FLOW =
      new FlowControl(new CreditLimits(3, 100, 150), new CreditLimits(3, 100, 150));

  /** The shortest frame, a status question, has the longest answer. */
  private static final int MOST_ANSWERED_PER_BYTE = 100;

  private static final int SMALLEST_BUFFER = 256;

  private AnyStream() {}

  static void check(byte[] bytes) {
    assertThat(decode(bytes, 1)).isEqualTo(decode(bytes, Math.max(1, bytes.length)));
    EngineUnderTest test = new EngineUnderTest(LIMITS);
    test.exec();
    test.open();
    test.exec();
    checkEngine(test, bytes);
  }

  /** The same of a stream that may begin with a HELLO, and go on with credit. */
  static void checkFromTheBeginning(byte[] bytes) {
    EngineUnderTest test = EngineUnderTest.awaitingHello(LIMITS, FLOW);
    test.onHello = test::exec;
    checkEngine(test, bytes);
    assertThat(test.hellos).hasSizeLessThanOrEqualTo(1);
  }

  private static List<String> decode(byte[] bytes, int step) {
    MessageDecoder decoder = new MessageDecoder(LIMITS);
    List<String> messages = new ArrayList<>();
    try {
      for (int from = 0; from < bytes.length; from += step) {
        int count = Math.min(step, bytes.length - from);
        decoder.decode(
            ByteBuffer.wrap(bytes, from, count), message -> messages.add(describe(message)));
        assertThat(decoder.held()).isLessThanOrEqualTo(SMALLEST_BUFFER + 2 * (from + count));
      }
    } catch (ProtocolException e) {
      messages.add(String.valueOf(e.getMessage()));
    }
    return messages;
  }

  private static String describe(Message message) {
    if (message instanceof Message.ChannelData data) {
      byte[] payload = new byte[data.payload().remaining()];
      data.payload().get(payload);
      return data.channelId() + " " + data.form() + HexFormat.of().formatHex(payload);
    }
    if (message instanceof Message.Output output) {
      byte[] payload = new byte[output.payload().remaining()];
      output.payload().get(payload);
      return "output" + output.channelId() + HexFormat.of().formatHex(payload);
    }
    if (message instanceof Message.Malformed malformed) {
      return malformed.channelId() + ": " + malformed.error().getMessage();
    }
    return message.toString();
  }

  private static void checkEngine(EngineUnderTest test, byte[] bytes) {
    try {
      test.engine.receive(ByteBuffer.wrap(bytes));
    } catch (ProtocolException e) {
      // as documented
    }
    assertThat(test.engine.outbound().length())
        .isLessThanOrEqualTo(MOST_ANSWERED_PER_BYTE * bytes.length);
    assertThat(Frame.readAll(test.engine.outbound().view())).doesNotContainNull();
    assertThat(test.engine.openChannels()).isLessThanOrEqualTo(LIMITS.maxChannels());

    test.engine.disconnected(new GatewayLostException("gw0", "ended", null, "", null));
    assertThat(test.engine.openChannels()).isZero();
    assertThat(test.dropped).isEmpty();
    assertThat(test.receivers.values()).allMatch(receiver -> closedOnce(receiver.events));
  }

  private static boolean closedOnce(List<String> events) {
    return events.stream().filter(event -> event.startsWith("closed")).count() == 1
        && events.get(events.size() - 1).startsWith("closed");
  }
}
