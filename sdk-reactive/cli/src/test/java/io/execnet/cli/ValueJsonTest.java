package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.PyComplex;
import io.execnet.core.value.PyFrozenSet;
import io.execnet.core.value.PyNone;
import io.execnet.core.value.PyTuple;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

class ValueJsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "123456789012345678901234567890",
        "0.5",
        "1.0",
        "-0.0",
        "1e+16",
        "1e-05",
        "0.0001",
        "1e+300",
        "5e-324",
        "1.7976931348623157e+308",
        "9007199254740993.0",
        "\"\"",
        "\"ä€😀\\n\\\"\"",
        "[]",
        "[1,[2,null],{\"a\":\"b\"}]",
        "{}",
        "{\"\":{\"x\":[]}}",
        "{\"$bytes\":\"\"}",
        "{\"$bytes\":\"AP+A\"}",
        "{\"$set\":[]}",
        "{\"$set\":[1,\"a\",null,[1,2],{\"$set\":[3]},{\"$bytes\":\"AA==\"}]}",
        "{\"$complex\":[0.0,-1.5]}",
        "{\"$complex\":[{\"$float\":\"nan\"},{\"$float\":\"-inf\"}]}",
        "{\"$float\":\"nan\"}",
        "{\"$float\":\"inf\"}",
        "{\"$float\":\"-inf\"}",
        "{\"$dict\":[[1,\"one\"],[[1,2],{}],[{\"$bytes\":\"AA==\"},true]]}",
        "{\"$dict\":[[\"$bytes\",\"not base 64\"]]}",
        "{\"$dict\":[[\"$dict\",1]]}",
        "{\"$bytes\":1,\"other\":2}",
        "{\"$ref\":\"kept\"}",
      })
  void readsWhatItWrites(String json) {
    String expected = json.equals("9007199254740993.0") ? "9007199254740992.0" : json;
    assertThat(write(ValueJson.read(json))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1e5, 100000.0",
    "1E400e, ",
    "123456789012345680.0, 1.2345678901234568e+17",
    "1234567890123456.7, 1234567890123456.8",
    "0.00001, 1e-05",
    "0.1, 0.1",
    "2E23, 2e+23",
    "1e-323, 1e-323",
    "-12345e30, -1.2345e+34",
    "1e100, 1e+100",
  })
  void writesFloatsAsPythonDoes(String json, @Nullable String expected) {
    if (expected != null) {
      assertThat(write(ValueJson.read(json))).isEqualTo(expected);
    } else {
      assertThatThrownBy(() -> ValueJson.read(json)).isInstanceOf(ValueJsonException.class);
    }
  }

  @Test
  void readsEachFormAsTheSdkSendsIt() {
    assertThat(ValueJson.read("{\"$bytes\":\"AP8=\"}")).isEqualTo(new byte[] {0, -1});
    assertThat(ValueJson.read("{\"$complex\":[1,2.5]}")).isEqualTo(new PyComplex(1, 2.5));
    assertThat(ValueJson.read("{\"$set\":[[1],{\"$set\":[2]}]}"))
        .isEqualTo(Set.of(PyTuple.of(1L), PyFrozenSet.of(2L)));
    assertThat(ValueJson.read("{\"$dict\":[[{\"$bytes\":\"AA==\"},null]]}"))
        .isEqualTo(Collections.singletonMap(ByteBuffer.wrap(new byte[] {0}), null));
    assertThat(ValueJson.read("7")).isEqualTo(7L);
    assertThat(ValueJson.read("7.0")).isEqualTo(7.0);
    assertThat(ValueJson.read("18446744073709551616")).isEqualTo(BigInteger.ONE.shiftLeft(64));
    assertThat(ValueReader.readItem("null")).isEqualTo(PyNone.NONE);
  }

  @Test
  void writesTheTypesThatComeFromPython() {
    assertThat(write(PyTuple.of(1L, null, PyNone.NONE))).isEqualTo("[1,null,null]");
    assertThat(write(PyFrozenSet.of("a"))).isEqualTo("{\"$set\":[\"a\"]}");
    assertThat(write(ByteBuffer.wrap(new byte[] {1}).asReadOnlyBuffer()))
        .isEqualTo("{\"$bytes\":\"AQ==\"}");
    Map<Object, Object> mixed = new LinkedHashMap<>();
    mixed.put("a", 1L);
    mixed.put(2L, Arrays.asList(true, null));
    assertThat(write(mixed)).isEqualTo("{\"$dict\":[[\"a\",1],[2,[true,null]]]}");
  }

  @Test
  void aByteStringCanBeWrittenTwice() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1}).asReadOnlyBuffer();
    assertThat(write(List.of(buffer, buffer)))
        .isEqualTo("[{\"$bytes\":\"AQ==\"},{\"$bytes\":\"AQ==\"}]");
  }

  @Test
  void aChannelHasNoJsonForm() {
    ChannelReference channel = () -> 1;
    assertThatThrownBy(() -> write(List.of(channel)))
        .isInstanceOf(ValueJsonException.class)
        .hasMessage("a channel has no JSON form");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|there is no value",
        "{\"a\":1,\"a\":2}|the key \"a\" occurs twice",
        "[1] 2|after it comes more",
        "[1,]|not JSON",
        "nope|not JSON",
        "{\"a\":|not JSON",
        "NaN|not JSON",
        "1e400|too large for a float",
        "-1e400|too large for a float",
        "\"\\ud800\"|half a surrogate pair",
        "{\"\\udc00\":1}|half a surrogate pair",
        "{\"$bytes\":5}|bytes in Base64",
        "{\"$bytes\":\"!\"}|bytes in Base64",
        "{\"$float\":\"x\"}|\"nan\", \"inf\" or \"-inf\"",
        "{\"$complex\":[1]}|two numbers",
        "{\"$complex\":[9007199254740993,0]}|not exactly a float",
        "{\"$set\":1}|an array",
        "{\"$set\":[1,1.0]}|the same element twice",
        "{\"$set\":[{}]}|a dict can't be",
        "{\"$dict\":[[1]]}|[key, value] pairs",
        "{\"$dict\":[[1,2],[true,3]]}|the same key twice",
      })
  void saysWhatIsWrong(String json, String problem) {
    assertThatThrownBy(() -> ValueJson.read(json))
        .isInstanceOf(ValueJsonException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void readsAsDeepAsTheSdkCanSendAndNoDeeper() {
    assertThat(write(ValueJson.read("[".repeat(1000) + "]".repeat(1000)))).hasSize(2000);
    assertThatThrownBy(() -> ValueJson.read("[".repeat(1001) + "]".repeat(1001)))
        .hasMessageContaining("maxDepth");
  }

  @Test
  void readsIntsAsLongAsTheSdkDoesAndNoLonger() {
    String digits = "7".repeat(100_000);
    assertThat(write(ValueJson.read(digits))).isEqualTo(digits);
    assertThatThrownBy(() -> ValueJson.read(digits + "7")).hasMessageContaining("maxIntDigits");
  }

  @Test
  void readsStringsLongerThanJacksonsOwnLimit() {
    String json = '"' + "x".repeat(30_000_000) + '"';
    assertThat((String) ValueJson.read(json)).hasSize(30_000_000);
  }

  private static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = ValueJson.FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      ValueWriter.write(out, value);
    }
    return text.toString();
  }
}
