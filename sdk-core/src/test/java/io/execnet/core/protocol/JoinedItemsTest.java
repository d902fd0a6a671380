package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.value.MarshalDecoder;
import io.execnet.core.value.MarshalList;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items that are sent right after each other share a frame (MARSHAL_ITEMS). */
class JoinedItemsTest {

  private static final CreditLimits MUCH = new CreditLimits(1_000, 1_000_000, 1_000_000);

  private final EngineUnderTest test = EngineUnderTest.with("marshal", "items");
  private final ProtocolEngine engine = test.engine;
  private final RecordingReceiver channel = test.exec();
  private final RecordingReceiver other = test.exec();

  @Test
  void areWrittenAsAListOfThem() {
    engine.send(1, 7);
    assertOut("49 00000001 00000005 6907000000");

    engine.send(1, null);
    assertOut("4a 00000001 0000000b 5b02000000 6907000000 4e");

    engine.send(1, "a");
    engine.send(1, List.of(true));
    assertOut("4a 00000001 00000017 5b04000000 6907000000 4e 750100000061 5b01000000 54");
  }

  @Test
  void eachTellsItsOwnBytes() {
    assertThat(engine.send(1, 7)).isEqualTo(5);
    assertThat(engine.send(1, null)).isEqualTo(1);
    assertThat(engine.send(1, "ab")).isEqualTo(7);
  }

  @Test
  void countForCreditOneByOne() {
    EngineUnderTest counting =
        EngineUnderTest.with(
            ProtocolLimits.DEFAULT,
            new FlowControl(MUCH, new CreditLimits(3, 1_000, 1_000)),
            "credit",
            "marshal",
            "items");
    RecordingReceiver receiver = counting.exec();
    for (int i = 0; i < 3; i++) {
      counting.engine.send(receiver.id, i);
    }

    assertThat(counting.engine.credit().room(receiver.id)).isZero();
    assertThat(counting.engine.credit().sent(receiver.id)).isEqualTo(new Outstanding(3, 15));
    assertThat(counting.sent()).containsExactly("ITEMS 1 [0, 1, 2]");
  }

  @Test
  void doNotWhereOnlyMarshalIsAgreed() {
    EngineUnderTest plain = EngineUnderTest.with("marshal");
    plain.exec();
    plain.engine.send(1, 1);
    plain.engine.send(1, 2);
    plain.engine.send(1, new byte[10_000]);

    assertThat(Frame.readAll(plain.engine.outbound().view()))
        .extracting(Frame::type)
        .containsExactly(73, 73, 73);
  }

  @Test
  void doNotOverAnotherFrame() {
    engine.send(1, 1);
    engine.send(3, 2);
    engine.send(1, 3);
    engine.send(1, 4);
    engine.reconfigure(3, StringCoercion.DEFAULT);
    engine.send(1, 5);
    engine.outputTaken(1, 9);
    engine.send(1, 6);
    engine.send(1, channel.reference());
    engine.send(1, 7);
    engine.close(3, null);
    engine.send(1, 8);

    assertThat(test.sent())
        .containsExactly(
            "MARSHALLED 1 1",
            "MARSHALLED 3 2",
            "ITEMS 1 [3, 4]",
            "RECONFIGURE 3 (true, false)",
            "MARSHALLED 1 5",
            "OUTPUT_CREDIT 1 9",
            "MARSHALLED 1 6",
            "DATA 1 <1>",
            "MARSHALLED 1 7",
            "CLOSE 3",
            "MARSHALLED 1 8");
  }

  @Test
  void doNotWhereWhatWasBeforeIsOnItsWay() {
    engine.send(1, 1);
    assertThat(test.sent()).containsExactly("MARSHALLED 1 1");
    engine.send(1, 2);
    engine.send(1, 3);
    assertThat(test.sent()).containsExactly("ITEMS 1 [2, 3]");
    engine.send(3, 4); // of the same length as what was taken out
    engine.send(1, 5);
    assertThat(test.sent()).containsExactly("MARSHALLED 3 4", "MARSHALLED 1 5");
  }

  @Test
  void doNotWhereTheBufferHasTheSameLengthAgainWithAnotherFrameInIt() {
    engine.send(1, 1);
    int length = engine.outbound().length();
    engine.outbound().clear();
    engine.outputTaken(1, 1);
    engine.outbound().putByte(0); // as nobody should

    assertThat(engine.outbound().length()).isEqualTo(length);
    engine.send(1, 2);
    engine.outbound().setByte(0, 0);
    assertThat(HexFormat.of().formatHex(engine.outbound().toByteArray(), length, length + 9))
        .isEqualTo("490000000100000005");
  }

  @Test
  void doNotWhereTheConnectionIsGone() {
    engine.send(1, 1);
    engine.outbound().truncate(0);
    engine.send(1, 2);

    assertThat(test.sent()).containsExactly("MARSHALLED 1 2");
  }

  @Test
  void areAtMost4KiBEach() {
    byte[] longest = new byte[4_091];
    engine.send(1, longest);
    engine.send(1, longest);
    engine.send(1, "x".repeat(4_092));
    engine.send(1, 1);
    engine.send(1, "x".repeat(4_091));

    List<Frame> frames = Frame.readAll(engine.outbound().view());
    assertThat(frames).extracting(Frame::type).containsExactly(74, 73, 74);
    assertThat(frames)
        .extracting(frame -> frame.payload().length)
        .containsExactly(8_197, 4_097, 4_106);
  }

  @Test
  void areAtMost64KiBTogether() {
    int sent = 0;
    for (; sent < 30_000; sent++) {
      engine.send(1, sent);
    }
    List<Frame> frames = Frame.readAll(engine.outbound().view());
    assertThat(frames)
        .extracting(frame -> frame.payload().length)
        .containsExactly(65_535, 65_535, 5 + 5 * (30_000 - 2 * 13_106));
    assertThat(items(frames).get(29_999)).isEqualTo("1 29999");

    engine.outbound().clear();
    engine.send(1, "x".repeat(4_091 - 5)); // 4,091 with what stands before it
    for (int i = 0; i < 12_288; i++) {
      engine.send(1, 1);
    }
    assertThat(engine.outbound().length()).isEqualTo(9 + 65_536);
    engine.send(1, null);
    assertThat(Frame.readAll(engine.outbound().view()))
        .extracting(frame -> frame.payload().length)
        .containsExactly(65_536, 1);
  }

  @Test
  void leaveTheFrameBeforeAsItWasWhereOneCanNotBeWritten() {
    engine.send(1, 1);
    byte[] one = engine.outbound().toByteArray();
    refused(List.of(2, new Object()));
    assertThat(engine.outbound().toByteArray()).isEqualTo(one);

    engine.send(1, 2);
    engine.send(1, 3);
    byte[] more = engine.outbound().toByteArray();
    refused("\ud800");
    refused(new MeddlingList());
    assertThat(engine.outbound().toByteArray()).isEqualTo(more);

    engine.send(1, 4);
    assertThat(items(Frame.readAll(engine.outbound().view())))
        .containsExactly("1 1", "1 2", "1 3", "1 4");
  }

  @Test
  void leaveTheFrameBeforeAsItWasWhereMemoryIsShort() {
    engine.send(1, 1);
    engine.send(1, 2);
    byte[] before = engine.outbound().toByteArray();
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(
            () ->
                engine.send(
                    1,
                    new AbstractList<Object>() {
                      @Override
                      public Object get(int index) {
                        throw new OutOfMemoryError("as if");
                      }

                      @Override
                      public int size() {
                        return 1;
                      }
                    }));

    assertThat(engine.outbound().toByteArray()).isEqualTo(before);
  }

  private void refused(Object item) {
    assertThatExceptionOfType(DumpException.class).isThrownBy(() -> engine.send(1, item));
  }

  /** Sends something else while it is sent itself. */
  private final class MeddlingList extends AbstractList<Object> {
    @Override
    public Object get(int index) {
      engine.send(1, "meanwhile");
      return "x";
    }

    @Override
    public int size() {
      return 1;
    }
  }

  /** Whatever is sent and taken out in between, what arrives is what was sent. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void arriveAsTheyWereSent(long seed) {
    Random random = new Random(seed);
    List<String> sent = new ArrayList<>();
    List<Frame> frames = new ArrayList<>();
    for (int step = 0; step < 4_000; step++) {
      int id = random.nextInt(4) == 0 ? 3 : 1;
      switch (random.nextInt(40)) {
        case 0 -> take(frames);
        case 1 -> engine.reconfigure(id, StringCoercion.DEFAULT);
        case 2 -> refused(random.nextBoolean() ? new Object() : List.of(1, "\ud800"));
        case 3 -> send(id, other.reference(), "<3>", sent);
        case 4 -> {
          String text = "x".repeat(random.nextInt(5_000));
          send(id, text, text, sent);
        }
        case 5 -> {
          byte[] bytes = new byte[random.nextInt(10_000)];
          Arrays.fill(bytes, (byte) random.nextInt());
          send(id, bytes, Arrays.toString(bytes), sent);
        }
        default -> send(id, step, String.valueOf(step), sent);
      }
    }
    take(frames);

    assertThat(items(frames)).isEqualTo(sent);
    assertThat(frames)
        .allSatisfy(
            frame -> {
              if (frame.type() == 74) {
                assertThat(frame.payload().length).isLessThanOrEqualTo(64 << 10);
                assertThat(frame.payload()[1]).isNotIn((byte) 0, (byte) 1);
              }
            });
    assertThat(frames).extracting(Frame::type).contains(4, 73, 74, 75);
  }

  private void take(List<Frame> frames) {
    frames.addAll(Frame.readAll(engine.outbound().view()));
    engine.outbound().clear();
  }

  private void send(int id, Object item, String text, List<String> sent) {
    assertThat(engine.send(id, item)).isPositive();
    sent.add(id + " " + text);
  }

  /** Each item of these frames with the id of its channel. */
  private static List<String> items(List<Frame> frames) {
    MarshalDecoder decoder = new MarshalDecoder(ValueLimits.DEFAULT);
    List<String> items = new ArrayList<>();
    for (Frame frame : frames) {
      ByteBuffer payload = ByteBuffer.wrap(frame.payload());
      String id = frame.channelId() + " ";
      switch (frame.type()) {
        case 4 -> items.add(frame.toString().substring("DATA ".length()));
        case 73 -> items.add(id + text(decoder.decode(payload, StringCoercion.DEFAULT)));
        case 74 -> {
          for (int left = MarshalList.readHead(payload); left > 0; left--) {
            int begin = payload.position();
            items.add(id + text(decoder.next(payload, StringCoercion.DEFAULT)));
            assertThat(payload.position() - begin).isLessThanOrEqualTo(4 << 10);
          }
          assertThat(payload.remaining()).isZero();
        }
        case 75 -> {
          assertThat(frame.payload().length).isGreaterThan(4 << 10);
          items.add(id + text(frame.payload()));
        }
        default -> assertThat(frame.type()).isEqualTo(1);
      }
    }
    return items;
  }

  private static String text(@Nullable Object value) {
    return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
  }

  private void assertOut(String hex) {
    assertThat(HexFormat.of().formatHex(engine.outbound().toByteArray()))
        .isEqualTo(hex.replace(" ", ""));
  }
}
