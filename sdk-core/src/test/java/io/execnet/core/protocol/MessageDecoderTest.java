package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.execnet.core.LoadException;
import io.execnet.core.ProtocolException;
import io.execnet.core.value.PyTuple;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDecoderTest {

  /** One of everything, with an oversized and two malformed frames between. */
  private static final byte[] SCRIPT =
      Frame.bytes(
          Frame.status(1),
          Frame.data(1, "hello"),
          Frame.data(2, PyTuple.of(1, 2.5, null, List.of("x"))),
          Frame.reconfigure(0, PyTuple.of(false, true)),
          new Frame(100, 5, new byte[60]),
          new Frame(4, 3, new byte[100]),
          Frame.reconfigure(7, "no tuple"),
          Frame.closeError(7, 42),
          Frame.closeError(7, "boom"),
          new Frame(4, 9, new byte[0]),
          Frame.marshalled(9, "4e"),
          Frame.items(9, "4e", "54"),
          Frame.bytesData(9, new byte[] {1, 2, 3}),
          Frame.bytesData(9, new byte[0]),
          Frame.bytesData(9, new byte[65]),
          Frame.exec(4),
          Frame.last(1),
          new Frame(5, 1, new byte[] {1, 2, 3}),
          Frame.close(3),
          Frame.terminate());

  private static final ProtocolLimits LIMITS = new ProtocolLimits(ValueLimits.DEFAULT, 64, 100);

  private final MessageDecoder decoder = new MessageDecoder(LIMITS);
  private final List<String> messages = new ArrayList<>();

  @Test
  void everyFrameBecomesItsMessage() {
    List<Message> decoded = new ArrayList<>();
    decoder.decode(ByteBuffer.wrap(SCRIPT), decoded::add);

    assertThat(decoded)
        .map(message -> message.getClass().getSimpleName() + " " + message.channelId())
        .containsExactly(
            "Status 1",
            "ChannelData 1",
            "ChannelData 2",
            "Reconfigure 0",
            "Unknown 5",
            "Malformed 3",
            "Skipped 3",
            "Malformed 7",
            "Malformed 7",
            "ChannelCloseError 7",
            "ChannelData 9",
            "ChannelData 9",
            "ChannelData 9",
            "ChannelData 9",
            "ChannelData 9",
            "Malformed 9",
            "Skipped 9",
            "ChannelExec 4",
            "ChannelLastMessage 1",
            "ChannelClose 1",
            "ChannelClose 3",
            "GatewayTerminate 0");
    assertThat(decoded.get(3))
        .isEqualTo(new Message.Reconfigure(0, new StringCoercion(false, true)));
    assertThat(decoded.get(9)).isEqualTo(new Message.ChannelCloseError(7, "boom"));
    assertThat(decoded.subList(10, 15))
        .extracting(message -> ((Message.ChannelData) message).form())
        .containsExactly(
            Message.Form.EXECNET,
            Message.Form.MARSHAL,
            Message.Form.MARSHAL_ITEMS,
            Message.Form.BYTES,
            Message.Form.BYTES);
  }

  @Test
  void everySplitInTwoGivesTheSameMessages() {
    List<String> whole = decodeInOne(SCRIPT);

    for (int at = 0; at <= SCRIPT.length; at++) {
      assertThat(decodeSplit(SCRIPT, at)).as("split at %d", at).isEqualTo(whole);
    }
  }

  @Test
  void byteByByteGivesTheSameMessages() {
    int[] everywhere = new int[SCRIPT.length - 1];
    for (int i = 0; i < everywhere.length; i++) {
      everywhere[i] = i + 1;
    }

    assertThat(decodeSplit(SCRIPT, everywhere)).isEqualTo(decodeInOne(SCRIPT));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void randomSplitsGiveTheSameMessages(long seed) {
    List<String> whole = decodeInOne(SCRIPT);
    Random random = new Random(seed);

    for (int round = 0; round < 200; round++) {
      int[] splits =
          random.ints(random.nextInt(12), 0, SCRIPT.length + 1).sorted().distinct().toArray();
      assertThat(decodeSplit(SCRIPT, splits)).as("seed %d %s", seed, splits).isEqualTo(whole);
    }
  }

  @Test
  void directReadOnlyAndLittleEndianBuffersGiveTheSameMessages() {
    ByteBuffer direct = ByteBuffer.allocateDirect(SCRIPT.length).put(SCRIPT).flip();

    assertThat(decode(new MessageDecoder(LIMITS), direct)).isEqualTo(decodeInOne(SCRIPT));
    assertThat(decode(new MessageDecoder(LIMITS), ByteBuffer.wrap(SCRIPT).asReadOnlyBuffer()))
        .isEqualTo(decodeInOne(SCRIPT));
    assertThat(
            decode(
                new MessageDecoder(LIMITS), ByteBuffer.wrap(SCRIPT).order(ByteOrder.LITTLE_ENDIAN)))
        .isEqualTo(decodeInOne(SCRIPT));
  }

  @Test
  void aPayloadThatLiesWholeInAHeapArrayIsNotCopied() {
    byte[] bytes = Frame.bytes(Frame.data(1, "hello"));

    decoder.decode(
        ByteBuffer.wrap(bytes),
        message -> {
          ByteBuffer payload = ((Message.ChannelData) message).payload();
          assertThat(payload.array()).isSameAs(bytes);
          assertThat(payload.arrayOffset() + payload.position()).isEqualTo(9);
        });

    assertThat(decoder.held()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "08, there is no message type 8",
    "3f, there is no message type 63",
    "ff, there is no message type -1",
    "80, there is no message type -128"
  })
  void aTypeThatIsNoneIsFatalAndTheMessageSaysWhere(String type, String message) {
    byte[] before = Frame.bytes(Frame.data(1, "x"), new Frame(70, 0, new byte[30]));
    decode(decoder, ByteBuffer.wrap(before));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(decoder, hex(type + "00000001 00000000")))
        .withMessageContaining(message)
        .withMessageContaining("at byte " + before.length);
  }

  @Test
  void aNegativeLengthIsFatal() {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(decoder, hex("04 00000001 fffffffe")))
        .withMessageContaining("length -2")
        .withMessageContaining("at byte 0");
  }

  @Test
  void messagesBeforeAFatalFrameAreStillHandedOut() {
    ByteBuffer in = hex("05 00000001 00000000  08 00000000 00000000");

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decoder.decode(in, message -> messages.add(message.toString())));

    assertThat(messages).containsExactly("ChannelClose[channelId=1]");
  }

  @Test
  void onceFailedItStaysFailed() {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(decoder, hex("08 00000000 00000000")));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(decoder, hex("05 00000001 00000000")))
        .withMessageContaining("there is no message type 8");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(decoder, ByteBuffer.allocate(0)));
  }

  @ParameterizedTest
  @CsvSource({"00", "02", "03", "05", "07", "44", "7f"})
  void aPayloadOfNoUseIsSkippedUpToTheLimit(String type) {
    assertThat(decode(decoder, hex(type + "00000001 00000040"))).hasSize(1);
    assertThat(decode(decoder, ByteBuffer.allocate(64))).isEmpty();
    assertThat(decoder.held()).isZero();

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(decoder, hex(type + "00000001 00000041")))
        .withMessageContaining("65 bytes")
        .withMessageContaining("type " + Integer.parseInt(type, 16))
        .withMessageContaining("limit of 64 (ProtocolLimits.maxPayload), in the frame at byte 73");
  }

  @Test
  void moreItemsInOneFrameThanIsAllowedAreFatal() {
    MessageDecoder large = new MessageDecoder(ProtocolLimits.DEFAULT);
    assertThat(decode(large, hex("4a 00000001 00010000"))).isEmpty();
    assertThat(decode(large, ByteBuffer.allocate(1 << 16))).hasSize(1);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> decode(large, hex("4a 00000001 00010001")))
        .withMessageContaining("items of 65537 bytes in one frame are more than 65536");
  }

  @ParameterizedTest
  @CsvSource({"01", "04", "06", "49", "4a", "4b"})
  void aPayloadOverTheLimitIsReportedAtOnceAndSkipped(String type) {
    List<Message> decoded = new ArrayList<>();
    decoder.decode(hex(type + "00000001 00000041"), decoded::add);

    assertThat(decoded).hasSize(1);
    assertThat(((Message.Malformed) decoded.get(0)).error())
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("65 bytes")
        .hasMessageContaining("limit of 64")
        .hasMessageContaining("maxPayload");

    assertThat(decode(decoder, ByteBuffer.allocate(64))).isEmpty();
    boolean isItem = type.equals("04") || type.startsWith("4");
    List<String> item = isItem ? List.of("Skipped[channelId=1, length=65]") : List.of();
    assertThat(decode(decoder, ByteBuffer.allocate(1))).isEqualTo(item);
    assertThat(decode(decoder, ByteBuffer.wrap(Frame.bytes(Frame.close(2)))))
        .containsExactly("ChannelClose[channelId=2]");
    assertThat(decoder.held()).isZero();
  }

  @Test
  void memoryGrowsWithWhatArrivedAndNotWithTheClaim() {
    MessageDecoder large = new MessageDecoder(ProtocolLimits.DEFAULT);
    decode(large, hex("04 00000001 10000000"));
    assertThat(large.held()).isZero();

    decode(large, ByteBuffer.allocate(1_000));
    assertThat(large.held()).isLessThanOrEqualTo(2_000);

    decode(large, ByteBuffer.allocate(99_000));
    assertThat(large.held()).isLessThanOrEqualTo(200_000);
  }

  @Test
  void memoryIsGivenBackAfterALargePayload() {
    MessageDecoder large = new MessageDecoder(ProtocolLimits.DEFAULT);
    byte[] bytes = Frame.bytes(Frame.data(1, new byte[1 << 20]));

    assertThat(decode(large, ByteBuffer.wrap(bytes, 0, bytes.length - 1))).isEmpty();
    assertThat(large.held()).isGreaterThanOrEqualTo(1 << 20);

    assertThat(decode(large, ByteBuffer.wrap(bytes, bytes.length - 1, 1))).hasSize(1);
    assertThat(large.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 255, 256, 257, 5_000, 70_000, 131_072, 300_000})
  void bytesAreHandedOverInArraysOfTheirOwn(int length) {
    MessageDecoder large = new MessageDecoder(ProtocolLimits.DEFAULT);
    Random random = new Random(length);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    List<byte[]> taken = new ArrayList<>();
    for (int step : new int[] {1 << 20, 40_000, 999}) {
      for (boolean direct : new boolean[] {false, true}) {
        // before it one that leaves an array to be used again
        byte[] stream = Frame.bytes(Frame.data(1, new byte[100_000]), Frame.bytesData(1, bytes));
        for (int from = 0; from < stream.length; from += step) {
          ByteBuffer in = ByteBuffer.wrap(stream, from, Math.min(step, stream.length - from));
          large.decode(direct ? copyOf(in) : in, message -> addBytes(message, taken));
        }
        Arrays.fill(stream, (byte) 0);
      }
    }

    assertThat(taken).hasSize(6).allMatch(array -> Arrays.equals(array, bytes));
    assertThat(large.held()).isLessThanOrEqualTo(128 << 10);
  }

  private static ByteBuffer copyOf(ByteBuffer in) {
    return ByteBuffer.allocateDirect(in.remaining()).put(in).flip();
  }

  private static void addBytes(Message message, List<byte[]> taken) {
    Message.ChannelData data = (Message.ChannelData) message;
    if (data.form() == Message.Form.BYTES) {
      byte[] array = data.payload().array();
      assertThat(taken).noneMatch(before -> before == array);
      assertThat(data.payload().remaining()).isEqualTo(array.length);
      taken.add(array);
    }
  }

  @ParameterizedTest
  @CsvSource({"04", "49", "4b"})
  void ofBytesTooMemoryGrowsWithWhatArrived(String type) {
    MessageDecoder large = new MessageDecoder(ProtocolLimits.DEFAULT);
    decode(large, hex(type + "00000001 10000000"));
    int arrived = 0;
    for (int step = 1; step < 100_000; step *= 3) {
      assertThat(decode(large, ByteBuffer.allocate(step))).isEmpty();
      arrived += step;
      assertThat(large.held()).isLessThanOrEqualTo(Math.max(256, 2 * arrived));
      assertThat(large.partial()).isEqualTo(new PartialMessage(1, 0x10000000, arrived));
    }
  }

  @Test
  void whatTheConsumerThrowsPassesThroughAndNothingIsLost() {
    byte[] bytes = Frame.bytes(Frame.data(1, "a"), Frame.data(2, "b"), Frame.data(3, "c"));
    ByteBuffer in = ByteBuffer.wrap(bytes).asReadOnlyBuffer();

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                decoder.decode(
                    in,
                    message -> {
                      throw new IllegalStateException();
                    }));

    assertThat(decode(decoder, in)).hasSize(2).first().asString().startsWith("ChannelData 2");
  }

  private static List<String> decodeInOne(byte[] bytes) {
    return decode(new MessageDecoder(LIMITS), ByteBuffer.wrap(bytes));
  }

  private static List<String> decodeSplit(byte[] bytes, int... splits) {
    MessageDecoder decoder = new MessageDecoder(LIMITS);
    List<String> messages = new ArrayList<>();
    int from = 0;
    for (int split : splits) {
      messages.addAll(decode(decoder, ByteBuffer.wrap(bytes, from, split - from)));
      from = split;
    }
    messages.addAll(decode(decoder, ByteBuffer.wrap(bytes, from, bytes.length - from)));
    return messages;
  }

  private static List<String> decode(MessageDecoder decoder, ByteBuffer in) {
    List<String> messages = new ArrayList<>();
    decoder.decode(in, message -> messages.add(describe(message)));
    assertThat(in.hasRemaining()).isFalse();
    return messages;
  }

  private static String describe(Message message) {
    if (message instanceof Message.ChannelData data) {
      byte[] payload = new byte[data.payload().remaining()];
      data.payload().get(payload);
      return "ChannelData "
          + data.channelId()
          + " "
          + data.form()
          + " "
          + HexFormat.of().formatHex(payload);
    }
    return message.toString();
  }

  private static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
