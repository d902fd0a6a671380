package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The second encoding, Python's {@code marshal} format. */
class MarshalTest {

  private static final HexFormat HEX = HexFormat.of();

  /** Values and what {@code marshal.dumps(value, 2)} of CPython 3.11 is. */
  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(null, "4e"),
        Arguments.of(true, "54"),
        Arguments.of(false, "46"),
        Arguments.of(-2L, "69feffffff"),
        Arguments.of(2147483648L, "6c03000000000000000200"),
        Arguments.of(-2147483649L, "6cfdffffff010000000200"),
        Arguments.of(Long.MAX_VALUE, "6c05000000ff7fff7fff7fff7f0700"),
        Arguments.of(Long.MIN_VALUE, "6cfbffffff00000000000000000800"),
        Arguments.of(new BigInteger("9223372036854775808"), "6c0500000000000000000000000800"),
        Arguments.of(
            BigInteger.ONE.shiftLeft(120).negate(),
            "6cf7ffffff000000000000000000000000000000000100"),
        Arguments.of(
            BigInteger.ONE.shiftLeft(135).subtract(BigInteger.ONE),
            "6c09000000ff7fff7fff7fff7fff7fff7fff7fff7fff7f"),
        Arguments.of(-0.5, "67000000000000e0bf"),
        Arguments.of(new PyComplex(1, -2), "79000000000000f03f00000000000000c0"),
        Arguments.of("h\u00e9\ud83d\ude00", "750700000068c3a9f09f9880"),
        Arguments.of(new byte[] {1, -1}, "730200000001ff"),
        Arguments.of(List.of(), "5b00000000"),
        Arguments.of(List.of("a", List.of(1L)), "5b020000007501000000615b010000006901000000"),
        Arguments.of(PyTuple.of(1L, PyTuple.of()), "280200000069010000002800000000"),
        Arguments.of(Set.of(7L), "3c010000006907000000"),
        Arguments.of(PyFrozenSet.of((Object) null), "3e010000004e"),
        Arguments.of(Map.of("k", Map.of()), "7b75010000006b7b3030"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void isWhatPythonWritesAndReads(Object value, String marshalled) {
    assertThat(HEX.formatHex(Marshalling.dump(value))).isEqualTo(marshalled);
    assertThat(Description.of(Marshalling.load(HEX.parseHex(marshalled))))
        .isEqualTo(Description.of(value));
  }

  @Test
  void zeroAsPyPyMayHaveIt() {
    assertThat(Marshalling.load(HEX.parseHex("6c00000000"))).isEqualTo(0L);
  }

  @Test
  void listsWithoutIndexesRecordsAndBuffersToo() {
    assertThat(HEX.formatHex(Marshalling.dump(new LinkedList<>(Arrays.asList(1, null)))))
        .isEqualTo("5b0200000069010000004e");
    assertThat(HEX.formatHex(Marshalling.dump(new Encoding.Point(1, null))))
        .isEqualTo("7b75010000007869010000007501000000794e30");
    assertThat(HEX.formatHex(Marshalling.dump(new int[] {3}))).isEqualTo("5b010000006903000000");
    assertThat(HEX.formatHex(Marshalling.dump(ByteBuffer.wrap(new byte[] {1, 2}, 1, 1))))
        .isEqualTo("730100000002");
  }

  static Stream<Object> withoutForm() {
    return Stream.of(
        (ChannelReference) () -> 1,
        List.of((ChannelReference) () -> 1),
        Set.of(PyTuple.of(1)),
        Map.of(PyTuple.of(1), 1),
        PyFrozenSet.of(PyFrozenSet.of()),
        nested(201));
  }

  @ParameterizedTest
  @MethodSource("withoutForm")
  void saysWhereItHasNoFormAndLeavesNothingBehind(Object value) {
    FrameBuffer out = new FrameBuffer();
    ValueEncoder encoder = ValueEncoder.ofMarshal(ValueLimits.DEFAULT);
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(NoMarshalFormException.class)
          .isThrownBy(() -> encoder.encode(List.of("before", value), out, ChannelScope.NONE));
      assertThat(out.length()).isZero();
    }
    encoder.encode(nested(200), out, ChannelScope.NONE);
    assertThat(Description.of(Marshalling.load(out.toByteArray())))
        .isEqualTo(Description.of(nested(200)));
  }

  private static Object nested(int levels) {
    List<Object> list = new ArrayList<>();
    for (int i = 1; i < levels; i++) {
      list = new ArrayList<>(List.of(list));
    }
    return list;
  }

  @Test
  void whatHasNoExactPythonFormIsTheSameErrorAsInTheFirst() {
    Map<Object, Object> keys = new LinkedHashMap<>();
    keys.put(1, "a");
    keys.put(true, "b");
    for (Object value : List.of(new Object(), "\ud800", keys, Set.of(List.of()))) {
      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(() -> Marshalling.dump(List.of(value)))
          .withMessage(messageOf(List.of(value)));
    }
  }

  private static String messageOf(Object value) {
    try {
      Encoding.dump(value);
      throw new AssertionError("it has a form");
    } catch (DumpException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                       | the payload ends before its value does, at byte 0",
        "5b02000000 4e            | the payload ends before its value does, at byte 6",
        "69 0100                  | the payload ends inside marshal's 'i' at byte 0",
        "4e4e                     | 1 bytes after the value that begins at byte 0",
        "30                       | unknown marshal's '0' at byte 0",
        "63                       | unknown marshal's 'c' at byte 0",
        "5b01000000 ff            | unknown marshal's 0xff at byte 5",
        "73 03000000 6162         | marshal's 's' of 3 bytes, of which 2 are there at byte 0",
        "73 ffffffff              | marshal's 's' of -1 bytes, of which 0 are there at byte 0",
        "75 02000000 eda0         | text that is no UTF-8",
        "5b ffffffff              | a container of -1 items, which the payload can't hold",
        "28 ffffff7f              | a container of 2147483647 items, which the payload can't hold",
        "5b09000000 5b09000000 4e | a container of 9 items, which the payload can't hold at byte 5",
        "6c 00000080 0000         | an int of -2147483648 digits of 15 bits",
        "6c 02000000 0100         | an int of 2 digits of 15 bits",
        "6c 01000000 0000         | an int that begins with zero",
        "6c 02000000 0080 0100    | an int with a digit of more than 15 bits",
        "6c 06000000 0100 0100 0080 0100 0100 0100 | an int with a digit of more than 15 bits",
        "7b 5b00000000 4e 30      | a container in a set or a key at byte 1",
        "3c01000000 2800000000    | a container in a set or a key at byte 5",
        "7b 4e 4e 4e 4e 30        | a dict with the key None twice",
        "7b 6901000000 4e 54 4e 30 | keys that are the same in Python",
        "3c02000000 4e 4e         | a set with the element None twice",
        "7b 4e 30                 | unknown marshal's '0' at byte 2"
      })
  void saysWhatIsWrong(String hex, String message) {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> Marshalling.load(HEX.parseHex(hex.replace(" ", ""))))
        .withMessageContaining(message);
  }

  @Test
  void keepsToTheLimits() {
    ValueLimits limits = new ValueLimits(3, 30);
    assertThat(Marshalling.load(Marshalling.dump(nested(3)), limits)).isEqualTo(nested(3));
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> Marshalling.load(Marshalling.dump(nested(4)), limits))
        .withMessageContaining("maxDepth of 3");
    BigInteger largest = BigInteger.TEN.pow(30).subtract(BigInteger.ONE);
    assertThat(Marshalling.load(Marshalling.dump(largest), limits)).isEqualTo(largest);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> Marshalling.load(Marshalling.dump(largest.shiftLeft(20)), limits))
        .withMessageContaining("maxIntDigits is 30");
  }

  @Test
  void readsValuesOneByOne() {
    MarshalDecoder decoder = new MarshalDecoder(ValueLimits.DEFAULT);
    ByteBuffer payload =
        ByteBuffer.wrap(
                HEX.parseHex("ff5b04000000" + "4e" + "5b0100000054" + "750100000061" + "69"))
            .position(1);

    assertThat(MarshalList.readHead(payload)).isEqualTo(4);
    assertThat(decoder.next(payload, StringCoercion.DEFAULT)).isNull();
    assertThat(decoder.next(payload, StringCoercion.DEFAULT)).isEqualTo(List.of(true));
    assertThat((byte[]) decoder.next(payload, new StringCoercion(true, true))).containsExactly('a');
    assertThat(payload.position()).isEqualTo(19);
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(() -> decoder.next(payload, StringCoercion.DEFAULT))
          .withMessageContaining("the payload ends inside marshal's 'i' at byte 19");
      assertThat(payload.position()).isEqualTo(19);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                    | items that are no list                    | 0",
        "5b 00                 | items that are no list                    | 0",
        "28 01000000 4e        | items that are no list                    | 1",
        "5b 03000000 4e 4e     | 3 items, which 2 bytes can't hold         | 2",
        "5b ffffffff 4e        | -1 items, which 1 bytes can't hold        | 1"
      })
  void saysWhatIsWrongBeforeTheFirstOfSeveral(String hex, String message, int rest) {
    ByteBuffer payload = ByteBuffer.wrap(HEX.parseHex(hex.replace(" ", "")));

    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> MarshalList.readHead(payload))
        .withMessageContaining(message);
    assertThat(payload.remaining()).isEqualTo(rest);
  }

  @Test
  void readsTextAsBytesWhereAChannelIsSetSo() {
    byte[] payload = Marshalling.dump(Map.of("k", "\u00e9"));
    Object value =
        new MarshalDecoder(ValueLimits.DEFAULT)
            .decode(ByteBuffer.wrap(payload), new StringCoercion(true, true));
    assertThat(Description.of(value)).isEqualTo("dict(bytes 6b: bytes c3a9)");
  }
}
