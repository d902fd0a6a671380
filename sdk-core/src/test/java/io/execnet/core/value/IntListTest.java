package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ints in lists, which are written and read many at a time. */
class IntListTest {

  private static final long LARGE = 1L << 31;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 512, 513, 5_000})
  void areWrittenAndReadWhateverStandsBetween(int count) {
    assertGoesThrough(ints(count));
    for (Object other : Arrays.asList("a", LARGE, -LARGE - 1, 2.5, null, List.of(1L), List.of())) {
      List<@Nullable Object> items = ints(count);
      items.add(other);
      items.addAll(ints(3));
      items.add(0, other);
      assertGoesThrough(items);
    }
  }

  @Test
  void standAloneToo() {
    assertThat(Payload.of().op('F', -7).op("Q").load()).isEqualTo(-7L);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> Payload.of().op('F', 7).op("L").load())
        .withMessageContaining("without STOP");
  }

  @Test
  void areIntsOfOneKindInPython() {
    assertThat(Payload.of().raw(Encoding.dump(List.of(1, 2L, (short) 3, Integer.MIN_VALUE))).load())
        .isEqualTo(List.of(1L, 2L, 3L, (long) Integer.MIN_VALUE));
  }

  @Test
  void areFoundWhereReadingOneFails() {
    FrameBuffer out = new FrameBuffer();
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(
            () ->
                ValueEncoder.ofMarshal(ValueLimits.DEFAULT)
                    .encode(new Failing(), out, ChannelScope.NONE))
        .withMessageContaining("[7]")
        .withMessageContaining("gone");
    assertThat(out.length()).isZero();
  }

  @Test
  void thatEndInTheMiddleAreRefusedThere() {
    byte[] marshalled = Marshalling.dump(ints(4));
    byte[] payload = Encoding.dump(ints(4));
    for (int length = 5; length < marshalled.length; length++) {
      byte[] part = Arrays.copyOf(marshalled, length);
      assertThatExceptionOfType(LoadException.class).isThrownBy(() -> Marshalling.load(part));
    }
    for (int length = 5; length < payload.length; length++) {
      byte[] part = Arrays.copyOf(payload, length);
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(() -> Payload.of().raw(part).load());
    }
  }

  private static final class Failing extends AbstractList<Object> implements RandomAccess {

    @Override
    public Object get(int index) {
      if (index == 7) {
        throw new IllegalStateException("gone");
      }
      return (long) index;
    }

    @Override
    public int size() {
      return 9;
    }
  }

  private static List<@Nullable Object> ints(int count) {
    return new ArrayList<>(LongStream.range(-3, count - 3).boxed().toList());
  }

  private static void assertGoesThrough(List<@Nullable Object> items) {
    assertThat(Payload.of().raw(Encoding.dump(items)).load()).isEqualTo(items);
    assertThat(Marshalling.load(Marshalling.dump(items))).isEqualTo(items);
  }
}
