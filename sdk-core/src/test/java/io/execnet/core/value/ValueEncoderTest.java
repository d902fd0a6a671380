package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueEncoderTest {

  private static final ChannelScope SCOPE =
      new ChannelScope() {
        @Override
        public int idOf(ChannelReference channel) {
          if (channel.id() < 0) {
            throw new DumpException("the channel is of another gateway");
          }
          return channel.id();
        }

        @Override
        public ChannelReference channel(int id) {
          return () -> id;
        }
      };

  private static byte[] dump(@Nullable Object value) {
    FrameBuffer out = new FrameBuffer();
    new ValueEncoder(ValueLimits.DEFAULT).encode(value, out, SCOPE);
    return out.toByteArray();
  }

  /** What Python gets, as a description of types and values. */
  private static String inPython(@Nullable Object value) {
    byte[] payload = dump(value);
    return Description.of(
        new ValueDecoder(ValueLimits.DEFAULT)
            .decode(payload, 0, payload.length, StringCoercion.DEFAULT, SCOPE));
  }

  private static void assertFails(@Nullable Object value, String message) {
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(value))
        .withMessage(message);
  }

  private record Point(int x, @Nullable Object y) {}

  enum Color {
    RED {
      @Override
      public String toString() {
        return "a constant with a body";
      }
    }
  }

  @Nested
  class Mapping {

    @Test
    void none() {
      assertThat(inPython(null)).isEqualTo("None");
      assertThat(inPython(PyNone.NONE)).isEqualTo("None");
      assertThat(inPython(Optional.empty())).isEqualTo("None");
    }

    @Test
    void everyIntegralNumber() {
      Object[] numbers = {
        (byte) 7,
        (short) 7,
        7,
        7L,
        BigInteger.valueOf(7),
        new AtomicInteger(7),
        new AtomicLong(7),
        Optional.of(7)
      };
      for (Object number : numbers) {
        assertThat(inPython(number)).isEqualTo("int 7");
      }
    }

    @Test
    void intsOf32BitsAreInt() {
      for (long value : new long[] {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE}) {
        assertThat(dump(value)).startsWith('F').isEqualTo(dump(BigInteger.valueOf(value)));
      }
    }

    @ParameterizedTest
    @ValueSource(
        longs = {
          2147483648L,
          -2147483649L,
          9999999999L,
          -10000000000L,
          Long.MAX_VALUE,
          Long.MIN_VALUE
        })
    void otherIntsAreDecimal(long value) {
      byte[] expected = Payload.of().op('H', Long.toString(value)).op("Q").bytes();

      assertThat(dump(value)).isEqualTo(expected);
      assertThat(dump(BigInteger.valueOf(value))).isEqualTo(expected);
    }

    @Test
    void floatsAreWidenedExactly() {
      assertThat(inPython(0.1f)).isEqualTo("float " + Long.toHexString(0x3fb99999a0000000L));
      assertThat(inPython(0.1)).isEqualTo("float " + Long.toHexString(0x3fb999999999999aL));
    }

    @Test
    void texts() {
      for (Object text : new Object[] {"a", 'a', new StringBuilder("a"), ByteText.a()}) {
        assertThat(inPython(text)).isEqualTo("str 61");
      }
      assertThat(inPython(TimeUnit.SECONDS)).isEqualTo(inPython("SECONDS"));
      assertThat(inPython(Color.RED)).isEqualTo(inPython("RED"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 47, 48, 49, 200, 5_000})
    void textsOfEveryLengthAndWidth(int length) {
      for (String unit : new String[] {"x", "é", "€", "\ud83d\ude00", "?", "\ufffd"}) {
        String text = "y".repeat(length) + unit.repeat(length % 7) + "?";

        assertThat(inPython(text)).isEqualTo(Description.of(text));
      }
    }

    @Test
    void bytesLeavingBuffersWhereTheyWere() {
      byte[] bytes = {9, 1, 2, 9};
      ByteBuffer heap = ByteBuffer.wrap(bytes, 1, 2);
      ByteBuffer direct = ByteBuffer.allocateDirect(4).put(bytes).position(1).limit(3);

      assertThat(inPython(new byte[] {1, 2})).isEqualTo("bytes 0102");
      assertThat(inPython(heap)).isEqualTo("bytes 0102");
      assertThat(inPython(heap.asReadOnlyBuffer())).isEqualTo("bytes 0102");
      assertThat(inPython(direct)).isEqualTo("bytes 0102");
      assertThat(heap.position()).isEqualTo(1);
      assertThat(direct.position()).isEqualTo(1);
    }

    @Test
    void arraysAndCollectionsAreLists() {
      List<Object> lists =
          List.of(
              new Object[] {1, 2},
              new int[] {1, 2},
              new long[] {1, 2},
              new short[] {1, 2},
              new Integer[] {1, 2},
              List.of(1, 2),
              new LinkedList<>(List.of(1, 2)),
              new ArrayDeque<>(List.of(1, 2)));
      for (Object list : lists) {
        assertThat(inPython(list)).isEqualTo("list(int 1, int 2)");
      }
      assertThat(inPython(new boolean[] {true})).isEqualTo("list(True)");
      assertThat(inPython(new char[] {'a'})).isEqualTo("list(str 61)");
      assertThat(inPython(new double[] {0})).isEqualTo("list(float 0000000000000000)");
      assertThat(inPython(new float[] {0})).isEqualTo("list(float 0000000000000000)");
    }

    @Test
    void tuplesAndSets() {
      assertThat(inPython(PyTuple.of(1, null))).isEqualTo("tuple(int 1, None)");
      assertThat(inPython(Set.of(1))).isEqualTo("set(int 1)");
      assertThat(inPython(PyFrozenSet.of(1))).isEqualTo("frozenset(int 1)");
      assertThat(inPython(Map.of(1, 2).keySet())).isEqualTo("set(int 1)");
    }

    @Test
    void mapsAndRecordsAreDicts() {
      assertThat(inPython(Map.of("a", 1))).isEqualTo("dict(str 61: int 1)");
      assertThat(inPython(new Point(1, new Point(2, null))))
          .isEqualTo("dict(str 78: int 1, str 79: dict(str 78: int 2, str 79: None))");
    }

    @Test
    void channelsByTheIdThatTheScopeGives() {
      ChannelReference channel = () -> 5;

      assertThat(dump(List.of(channel)))
          .isEqualTo(Payload.of().op('K', 1).op('F', 0).op('B', 5).op("PQ").bytes());
    }

    @Test
    void aCollectionThatLiesAboutItsSizeIsCountedInstead() {
      AbstractList<Object> items =
          new AbstractList<>() {
            @Override
            public Object get(int index) {
              return index;
            }

            @Override
            public int size() {
              return 3;
            }

            @Override
            public java.util.Iterator<Object> iterator() {
              return List.<Object>of(1L).iterator();
            }
          };

      assertThat(inPython(items)).isEqualTo("list(int 1)");
    }
  }

  /** A CharSequence of our own. */
  private record ByteText(String text) implements CharSequence {

    static ByteText a() {
      return new ByteText("a");
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Nested
  class Errors {

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
      assertFails(
          "x".repeat(100) + "\ud800x", "text with a lone surrogate (U+D800 at 100)" + advice);
      assertFails(
          "x".repeat(100) + "?\ude00", "text with a lone surrogate (U+DE00 at 101)" + advice);
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
          .isThrownBy(
              () -> encoder.encode(List.of("x".repeat(9_999), this), out, ChannelScope.NONE));

      assertThat(out.toByteArray()).containsExactly(0, 0, 0, 1);
      encoder.encode(null, out, ChannelScope.NONE);
      assertThat(HexFormat.of().formatHex(out.toByteArray())).isEqualTo("000000014c51");
    }
  }
}
