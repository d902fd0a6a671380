package io.execnet.core.value;

import static io.execnet.core.value.Encoding.dump;
import static io.execnet.core.value.Encoding.inPython;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.value.Encoding.Color;
import io.execnet.core.value.Encoding.Point;
import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueEncoderErrorsTest {

  private static void assertFails(@Nullable Object value, String message) {
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(value))
        .withMessage(message);
  }

  @Test
  void aClassWithoutAPythonFormIsNamedWithThePathToIt() {
    Map<String, Object> value =
        Map.of("rows", Arrays.asList(1, 2, 3, new Point(1, PyTuple.of(BigDecimal.ONE))));

    assertFails(
        value,
        "can't send a java.math.BigDecimal at ['rows'][3]['y'][0]: send its doubleValue() if that"
            + " is exact enough, else its toString()");
  }

  @Test
  void itIsSaidWhatToDo() {
    assertFails(
        new UUID(0, 0),
        "can't send a java.util.UUID: send a number, a text, bytes, a collection, a map, a record,"
            + " an enum or a channel; for others, what they are made of or their toString()");
    assertFails(
        List.of(List.of().stream()),
        "can't send a java.util.stream.ReferencePipeline$Head at [0]: collect it to a list first");
  }

  @Test
  void thePathNamesKeysAsPythonWritesThem() {
    Object bad = new Object();
    Map<Object, Object> keys = new LinkedHashMap<>();
    for (Object key : new Object[] {"it's\n", 1L, true, PyTuple.of(1L, 2L), Color.RED}) {
      keys.clear();
      keys.put(key, bad);
      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(() -> dump(keys))
          .withMessageContaining(
              switch (key.getClass().getSimpleName()) {
                case "String" -> "at ['it\\'s\\u000a']";
                case "Long" -> "at [1]";
                case "Boolean" -> "at [True]";
                case "PyTuple" -> "at [(1, 2)]";
                default -> "at ['RED']";
              });
    }
  }

  @Test
  void elementsOfSetsAndKeysThemselvesHaveAPathToo() {
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(List.of(Set.of(new UUID(0, 0)))))
        .withMessageContaining("at [0]{element a java.util.UUID}");
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(List.of(Map.of(new UUID(0, 0), 1))))
        .withMessageContaining("at [0]{key a java.util.UUID}");
  }

  @Test
  void loneSurrogates() {
    String advice = ": UTF-8 can't hold it; send bytes";
    assertFails(List.of("a\ud800"), "text with a lone surrogate (U+D800 at 1) at [0]" + advice);
    assertFails("\udc00", "text with a lone surrogate (U+DC00 at 0)" + advice);
    assertFails('\udc00', "text with a lone surrogate (U+DC00 at 0)" + advice);
    assertFails("x".repeat(100) + "\ud800x", "text with a lone surrogate (U+D800 at 100)" + advice);
    assertFails("x".repeat(100) + "?\ude00", "text with a lone surrogate (U+DE00 at 101)" + advice);
  }

  @Test
  void cyclesAreCyclesAndNotDepth() {
    List<Object> list = new ArrayList<>();
    Map<String, Object> map = new HashMap<>();
    list.add(PyTuple.of(map));
    map.put("self", list);

    assertFails(
        list,
        "a cycle: a java.util.ArrayList that holds itself at [0][0]['self']: Python's execnet has"
            + " no form for it");
  }

  @Test
  void theSameListTwiceIsNoCycle() {
    List<Object> list = List.of(1);

    assertThat(inPython(List.of(list, list))).isEqualTo("list(list(int 1), list(int 1))");
  }

  @Test
  void whatIsUnhashableInPythonIsNoKeyAndNoElement() {
    assertFails(
        Map.of(List.of(), 1),
        "a java.util.ImmutableCollections$ListN can't be a dict's key or a set's element at {key a"
            + " java.util.ImmutableCollections$ListN}: a list is unhashable in Python; use a"
            + " PyTuple");
    Object[] unhashable = {Set.of(), Map.of(), new Point(1, 2), new int[0], new Object[0]};
    for (Object key : unhashable) {
      for (Object nested : new Object[] {key, PyTuple.of(key), PyFrozenSet.of(key)}) {
        assertThatExceptionOfType(DumpException.class)
            .isThrownBy(() -> dump(Set.of(nested)))
            .withMessageContaining("is unhashable in Python");
      }
    }
  }

  @Test
  void aCollectionThatThrowsIsADumpErrorWithItsCause() {
    List<Object> broken =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            throw new IllegalStateException("closed");
          }

          @Override
          public int size() {
            return 1;
          }
        };

    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(Map.of("a", broken)))
        .withMessageContaining("closed")
        .withMessageContaining("at ['a'][0]")
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void aChannelOfAnotherGatewayIsADumpErrorWithItsPath() {
    ChannelReference other = () -> -1;

    assertFails(List.of(other), "the channel is of another gateway at [0]");
  }

  @Test
  void nothingIsLeftInTheBuffer() {
    FrameBuffer out = new FrameBuffer();
    out.putInt(1);
    ValueEncoder encoder = new ValueEncoder(ValueLimits.DEFAULT);

    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> encoder.encode(List.of("x".repeat(9_999), this), out, ChannelScope.NONE));

    assertThat(out.toByteArray()).containsExactly(0, 0, 0, 1);
    encoder.encode(null, out, ChannelScope.NONE);
    assertThat(HexFormat.of().formatHex(out.toByteArray())).isEqualTo("000000014c51");
  }
}
