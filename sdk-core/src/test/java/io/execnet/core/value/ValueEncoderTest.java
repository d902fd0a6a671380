package io.execnet.core.value;

import static io.execnet.core.value.Encoding.dump;
import static io.execnet.core.value.Encoding.inPython;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.value.Encoding.Color;
import io.execnet.core.value.Encoding.Point;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueEncoderTest {

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
}
