package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.LoadException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueDecoderTest {

  private static final StringCoercion BYTES_FROM_PY2 = new StringCoercion(false, false);
  private static final StringCoercion BYTES_FROM_PY3 = new StringCoercion(false, true);

  private static void assertFails(Payload payload, String message) {
    assertThatExceptionOfType(LoadException.class).isThrownBy(payload::load).withMessage(message);
  }

  @Nested
  class Opcodes {

    @Test
    void noneTrueFalse() {
      assertThat(Payload.of().op("LQ").load()).isNull();
      assertThat(Payload.of().op("RQ").load()).isEqualTo(true);
      assertThat(Payload.of().op("CQ").load()).isEqualTo(false);
    }

    @Test
    void intsOf32BitsWhicheverPythonWroteThem() {
      assertThat(Payload.of().op('F', -5).op("Q").load()).isEqualTo(-5L);
      assertThat(Payload.of().op('G', -5).op("Q").load()).isEqualTo(-5L);
    }

    @ParameterizedTest
    @CsvSource({
      "0, 0",
      "-0, 0",
      "0012, 12",
      "-2147483649, -2147483649",
      "9223372036854775807, 9223372036854775807",
      "-9223372036854775808, -9223372036854775808"
    })
    void decimalIntsThatFitALong(String digits, long value) {
      assertThat(Payload.of().op('H', digits).op("Q").load()).isEqualTo(value);
      assertThat(Payload.of().op('I', digits).op("Q").load()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "-9223372036854775809"})
    void decimalIntsThatDoNot(String digits) {
      assertThat(Payload.of().op('H', digits).op("Q").load()).isEqualTo(new BigInteger(digits));
    }

    @Test
    void decimalIntsOfManyDigits() {
      String digits = "-" + "9876543210".repeat(1_234) + "7";

      assertThat(Payload.of().op('H', digits).op("Q").load()).isEqualTo(new BigInteger(digits));
    }

    @Test
    void floatsBitByBit() {
      double nan = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);

      Object value = Payload.of().op("D").number(nan).op("Q").load();

      assertThat(value)
          .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
          .extracting(Double::doubleToRawLongBits)
          .isEqualTo(0x7ff8_0000_0000_1234L);
    }

    @Test
    void complex() {
      assertThat(Payload.of().op("T").number(1).number(-0.0).op("Q").load())
          .isEqualTo(new PyComplex(1, -0.0));
    }

    @Test
    void bytes() {
      assertThat(Payload.of().block('A', (byte) 0, (byte) 255).op("Q").load())
          .isEqualTo(new byte[] {0, (byte) 255});
    }

    @Test
    void textOfPython3AsConfigured() {
      Payload payload = Payload.of().op('N', "é").op("Q");

      assertThat(payload.load()).isEqualTo("é");
      assertThat(payload.load(BYTES_FROM_PY3)).isEqualTo(new byte[] {(byte) 0xc3, (byte) 0xa9});
    }

    @Test
    void textOfPython2AsConfigured() {
      Payload payload = Payload.of().block('M', (byte) 0xe9).op("Q");

      assertThat(payload.load()).isEqualTo("é");
      assertThat(payload.load(BYTES_FROM_PY2)).isEqualTo(new byte[] {(byte) 0xe9});
    }

    @Test
    void unicodeOfPython2IsTextHoweverConfigured() {
      Payload payload = Payload.of().op('S', "é").op("Q");

      assertThat(payload.load(BYTES_FROM_PY3)).isEqualTo("é");
      assertThat(payload.load(BYTES_FROM_PY2)).isEqualTo("é");
    }

    @Test
    void theReplacementCharacterIsACharacterLikeAnyOther() {
      assertThat(Payload.of().op('N', "a\ufffd€").op("Q").load()).isEqualTo("a\ufffd€");
    }

    @Test
    void listsAreMutableAndHaveNoneWhereNothingWasSet() {
      Payload payload = Payload.of().op('K', 3).op('F', 1).op("RPQ");

      assertThat(payload.load())
          .isInstanceOf(ArrayList.class)
          .isEqualTo(Arrays.asList(null, true, null));
      assertThat(Payload.of().op('K', 2).op("Q").load()).isEqualTo(Arrays.asList(null, null));
    }

    @Test
    void theLastOfTwoItemsForOneIndexCounts() {
      assertThat(Payload.of().op('K', 1).op('F', 0).op("RP").op('F', 0).op("CPQ").load())
          .isEqualTo(List.of(false));
    }

    @Test
    void dictsAreMutableAndKeepTheirOrder() {
      Payload payload = Payload.of().op("J").op('N', "b").op("RP").op('N', "a").op("LPQ");

      Object value = payload.load();

      Map<String, Object> expected = new LinkedHashMap<>();
      expected.put("b", true);
      expected.put("a", null);
      assertThat(value).isInstanceOf(LinkedHashMap.class).isEqualTo(expected);
      assertThat(String.valueOf(value)).isEqualTo("{b=true, a=null}");
    }

    @Test
    void tuplesSetsAndFrozenSetsHaveTypesOfTheirOwn() {
      assertThat(Payload.of().op("LR").op('@', 2).op("Q").load())
          .isInstanceOf(PyTuple.class)
          .isEqualTo(Arrays.asList(null, true));
      assertThat(Payload.of().op("LR").op('O', 2).op("Q").load())
          .isInstanceOf(LinkedHashSet.class)
          .isEqualTo(new LinkedHashSet<>(Arrays.asList(null, true)));
      assertThat(Payload.of().op("LR").op('E', 2).op("Q").load())
          .isEqualTo(PyFrozenSet.of(null, true));
    }

    @Test
    void aChannelIsWhatTheScopeHasForItsId() {
      ChannelReference channel = () -> 7;
      ChannelScope scope =
          new ChannelScope() {
            @Override
            public int idOf(ChannelReference other) {
              throw new AssertionError();
            }

            @Override
            public ChannelReference channel(int id) {
              assertThat(id).isEqualTo(7);
              return channel;
            }
          };

      Object value =
          Payload.of().op('B', 7).op("Q").load(StringCoercion.DEFAULT, ValueLimits.DEFAULT, scope);

      assertThat(value).isSameAs(channel);
    }

    @Test
    void aChannelOutsideAGatewayFails() {
      assertFails(
          Payload.of().op("L").op('B', 7).op('@', 2).op("Q"),
          "channel 7 has no meaning outside a gateway at byte 1");
    }

    @Test
    void aBufferIsReadWithoutMovingIt() {
      byte[] payload = Payload.of().op("?").op('F', 3).op("Q?").bytes();
      ByteBuffer heap = ByteBuffer.wrap(payload, 1, payload.length - 2).slice();
      ByteBuffer direct = ByteBuffer.allocateDirect(payload.length).put(payload);
      direct.position(1).limit(payload.length - 1);
      ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);

      assertThat(decoder.decode(heap, StringCoercion.DEFAULT, ChannelScope.NONE)).isEqualTo(3L);
      assertThat(decoder.decode(direct, StringCoercion.DEFAULT, ChannelScope.NONE)).isEqualTo(3L);
      assertThat(heap.position()).isZero();
      assertThat(direct.position()).isEqualTo(1);
    }
  }

  @Nested
  class Errors {

    @Test
    void nothingAtAll() {
      assertFails(Payload.of(), "the payload ends without STOP at byte 0");
    }

    @Test
    void noStop() {
      assertFails(Payload.of().op("L"), "the payload ends without STOP at byte 1");
    }

    @Test
    void everyByteThatIsNoOpcode() {
      for (int opcode = 0; opcode < 256; opcode++) {
        if (opcode < '@' || opcode > 'T') {
          assertFails(
              Payload.of().op("L").raw((byte) opcode).op("Q"),
              "unknown opcode 0x%02x at byte 1".formatted(opcode));
        }
      }
    }

    @Test
    void moreThanOneValueOrNone() {
      assertFails(
          Payload.of().op("LLQ"), "STOP with 2 values on the stack instead of one at byte 2");
      assertFails(Payload.of().op("Q"), "STOP with 0 values on the stack instead of one at byte 0");
    }

    @Test
    void somethingAfterStop() {
      assertFails(Payload.of().op("LQLQ"), "2 bytes after STOP at byte 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"@", "B", "D", "E", "F", "G", "K", "O", "T"})
    void aNumberThatIsCutOff(String opcode) {
      assertFails(
          Payload.of().op(opcode).raw((byte) 0, (byte) 0),
          "the payload ends inside " + Opcode.name((byte) opcode.charAt(0)) + " at byte 0");
    }

    @ParameterizedTest
    @ValueSource(chars = {'A', 'H', 'I', 'M', 'N', 'S'})
    void lengthsThatAreNegativeOrMoreThanIsThere(char opcode) {
      String name = Opcode.name((byte) opcode);

      assertFails(
          Payload.of().op(opcode, -1).op("Q"),
          name + " of -1 bytes, of which 1 are there at byte 0");
      assertFails(
          Payload.of().op(opcode, Integer.MAX_VALUE).op("Q"),
          name + " of 2147483647 bytes, of which 1 are there at byte 0");
    }

    @Test
    void countsThatAreNegativeOrMoreThanTheStackHas() {
      assertFails(
          Payload.of().op("L").op('@', 2).op("Q"),
          "BUILDTUPLE of 2 values with 1 on the stack at byte 1");
      assertFails(
          Payload.of().op("L").op('O', -1).op("Q"),
          "SET of -1 values with 1 on the stack at byte 1");
      assertFails(
          Payload.of().op("L").op('E', Integer.MIN_VALUE).op("Q"),
          "FROZENSET of -2147483648 values with 1 on the stack at byte 1");
    }

    @Test
    void listsOfMoreItemsThanThePayloadHasBytes() {
      assertFails(
          Payload.of().op('K', 1_000_000).op("Q"),
          "a list of 1000000 items, which the payload can't hold at byte 0");
      assertFails(
          Payload.of().op('K', -1).op("Q"),
          "a list of -1 items, which the payload can't hold at byte 0");
      assertFails(
          Payload.of().op('K', 7).op('K', 7).op("PQ"),
          "a list of 7 items, which the payload can't hold at byte 5");
    }

    @Test
    void indexesThatAListDoesNotHave() {
      for (int index : new int[] {-1, 1, Integer.MAX_VALUE}) {
        assertFails(
            Payload.of().op('K', 1).op('F', index).op("LPQ"),
            "SETITEM at an index that the list of 1 items does not have at byte 11");
      }
      assertFails(
          Payload.of().op('K', 1).op("CLPQ"),
          "SETITEM at an index that the list of 1 items does not have at byte 7");
    }

    @Test
    void settingAnItemOfSomethingElse() {
      assertFails(Payload.of().op("LLP"), "SETITEM with 2 values on the stack at byte 2");
      assertFails(
          Payload.of().op("LLLP"), "SETITEM on what is neither a list nor a dict at byte 3");
      assertFails(
          Payload.of().op('@', 0).op("LLP"),
          "SETITEM on what is neither a list nor a dict at byte 7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "--1", "+1", " 1", "1 ", "1_0", "0x1", "1.0", "١"})
    void intsThatAreNotPlainlyDecimal(String digits) {
      assertFails(
          Payload.of().op('H', digits).op("Q"), "an int that is no decimal number at byte 0");
    }

    @Test
    void intsOfMoreDigitsThanTheLimit() {
      Payload payload = Payload.of().op('H', "12345").op("Q");

      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(
              () -> payload.load(StringCoercion.DEFAULT, new ValueLimits(10, 4), ChannelScope.NONE))
          .withMessage("an int of 5 digits: the limit maxIntDigits is 4 at byte 0");
    }

    @Test
    void textThatIsNoUtf8() {
      for (int[] bytes :
          new int[][] {
            {0xff}, {0xc3}, {0xed, 0xa0, 0x80}, {0xc0, 0x80}, {0xf4, 0x90, 0x80, 0x80}
          }) {
        Payload payload = Payload.of().op("L").op('N', bytes.length);
        for (int b : bytes) {
          payload.raw((byte) b);
        }
        assertThatExceptionOfType(LoadException.class)
            .isThrownBy(payload.op('@', 2).op("Q")::load)
            .withMessageStartingWith("text that is no UTF-8 (")
            .withMessageEndingWith(" at byte 1");
      }
    }

    @Test
    void aDecoderThatFailedCanBeUsedAgain() {
      ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);
      byte[] bad = Payload.of().op("LLLz").bytes();
      byte[] good = Payload.of().op("LQ").bytes();

      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(
              () -> decoder.decode(bad, 0, bad.length, StringCoercion.DEFAULT, ChannelScope.NONE));

      assertThat(decoder.decode(good, 0, 2, StringCoercion.DEFAULT, ChannelScope.NONE)).isNull();
    }
  }
}
