package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Input that lies about itself, or that is built to take the decoder down. */
class HostileInputTest {

  /** One opcode makes a LinkedHashMap of 56 bytes and a place on the stack, which doubles. */
  private static final int MOST_BYTES_PER_BYTE = 128;

  private static final int SIZE = 200_000;

  static Stream<Arguments> payloads() {
    Payload decimal = Payload.of().op('H', "9".repeat(99_999));
    return Stream.of(
        Arguments.of("lists that lie", repeat(Payload.of().op('K', SIZE / 2))),
        Arguments.of("lists that lie a little", repeat(Payload.of().op('K', 7))),
        Arguments.of("a list of all it may", Payload.of().op('K', SIZE).raw(new byte[SIZE])),
        Arguments.of("empty lists", repeat(Payload.of().op('K', 0))),
        Arguments.of("dicts", repeat(Payload.of().op("J"))),
        Arguments.of("dicts of one key", repeat(Payload.of().op("JLLP"))),
        Arguments.of("nones", repeat(Payload.of().op("L"))),
        Arguments.of("a tuple of nones", repeat(Payload.of().op("L")).op('@', SIZE).op("Q")),
        Arguments.of("a tuple of dicts", repeat(Payload.of().op("J")).op('@', SIZE).op("Q")),
        Arguments.of("empty sets", repeat(Payload.of().op('O', 0))),
        Arguments.of("sets of one element", repeat(Payload.of().op("L").op('E', 1))),
        Arguments.of("a set of floats", floats().op('O', SIZE / 9).op("Q")),
        Arguments.of("nested keys", nestedKeys()),
        Arguments.of("bytes that lie", repeat(Payload.of().op('A', SIZE / 2))),
        Arguments.of("empty texts", repeat(Payload.of().op('N', ""))),
        Arguments.of("ints of many digits", Payload.of().raw(decimal.bytes()).raw(decimal.bytes())),
        Arguments.of("no UTF-8", Payload.of().block('N', latin1(SIZE)).op("Q")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void takesMemoryInProportionToItsLengthOnly(String name, Payload payload) {
    byte[] bytes = payload.bytes();
    ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);
    load(decoder, bytes); // classes are loaded now

    long before = allocated();
    load(decoder, bytes);
    long taken = allocated() - before;

    assertThat(taken).isLessThan((long) MOST_BYTES_PER_BYTE * bytes.length);
  }

  @Test
  void aStreamTakesMemoryAsBytesArriveAndNotAsTheyAreAnnounced() {
    byte[] bytes = {2, 'A', 0x7f, -1, -1, -1, 1, 2, 3};

    long before = allocated();
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> new Serializer().load(new ByteArrayInputStream(bytes)));

    assertThat(allocated() - before).isLessThan(4 << 20);
  }

  @Test
  void nestsAsDeepAsTheLimitBothWaysOnASmallStack() throws Exception {
    UnaryOperator<Object> list = List::of;
    UnaryOperator<Object> tuple = PyTuple::of;
    UnaryOperator<Object> frozen = PyFrozenSet::of;
    UnaryOperator<Object> inTuple = item -> PyFrozenSet.of(PyTuple.of(item));
    onSmallStack(
        () -> {
          Serializer serializer = new Serializer();
          for (UnaryOperator<Object> wrap : List.of(list, tuple, frozen)) {
            byte[] dump = serializer.dumps(nested(wrap, 1_000));
            assertThat(serializer.dumps(serializer.loads(dump))).isEqualTo(dump);
          }
          byte[] key = serializer.dumps(List.of(PyFrozenSet.of(nested(tuple, 998))));
          assertThat(serializer.dumps(serializer.loads(key))).isEqualTo(key);
          byte[] mixed = serializer.dumps(nested(inTuple, 500));
          assertThat(String.valueOf(serializer.loads(mixed))).contains("([(");
        });
  }

  @Test
  void nestingDeeperThanTheLimitIsAnErrorThatNamesIt() {
    Serializer serializer = new Serializer();
    Object deep = nested(List::of, 1_001);
    byte[] payload = Payload.of().raw((byte) 2, (byte) 'L').raw(tuples(1_001)).op("Q").bytes();

    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> serializer.dumps(deep))
        .withMessageContaining("maxDepth");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> serializer.loads(payload))
        .withMessageContaining("maxDepth");
  }

  @Test
  void withoutALimitOnlyKeysAreLimitedByTheStack() throws Exception {
    Serializer boundless = new Serializer().withLimits(new ValueLimits(Integer.MAX_VALUE - 1, 1));
    byte[] values = Payload.of().raw((byte) 2, (byte) 'L').raw(tuples(100_000)).op("Q").bytes();
    byte[] keys =
        Payload.of().raw((byte) 2, (byte) 'L').raw(tuples(100_000)).op('O', 1).op("Q").bytes();
    onSmallStack(
        () -> {
          assertThat(boundless.dumps(boundless.loads(values))).isEqualTo(values);
          assertThatExceptionOfType(LoadException.class)
              .isThrownBy(() -> boundless.loads(keys))
              .withMessageContaining("stack");
        });
  }

  @Test
  void intsAtTheLimitAreReadInNoTime() {
    byte[] payload = Payload.of().op('H', "7".repeat(100_000)).op("Q").bytes();
    ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);

    long start = System.nanoTime();
    load(decoder, payload);

    assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
  }

  private static void load(ValueDecoder decoder, byte[] payload) {
    try {
      decoder.decode(payload, 0, payload.length, StringCoercion.DEFAULT, ChannelScope.NONE);
    } catch (LoadException e) {
      assertThat(e).hasMessageContaining(" at byte ");
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static Payload repeat(Payload part) {
    Payload all = Payload.of();
    byte[] bytes = part.bytes();
    for (int i = SIZE / bytes.length; i > 0; i--) {
      all.raw(bytes);
    }
    return all;
  }

  private static Payload floats() {
    Payload all = Payload.of();
    for (int i = 0; i < SIZE / 9; i++) {
      all.op("D").number(i);
    }
    return all;
  }

  /** Sets of two elements, one of which is such a set: hashing must not start again at each. */
  private static Payload nestedKeys() {
    Payload all = Payload.of().op("L");
    for (int i = 0; i < 900; i++) {
      all.op('F', i).op('@', 1).op('E', 2);
    }
    return all.op("Q");
  }

  private static byte[] tuples(int depth) {
    Payload all = Payload.of();
    for (int i = 0; i < depth; i++) {
      all.op('@', 1);
    }
    return all.bytes();
  }

  private static byte[] latin1(int length) {
    return "é".repeat(length).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Object nested(UnaryOperator<Object> wrap, int depth) {
    Object value = wrap.apply(1);
    for (int i = 1; i < depth; i++) {
      value = wrap.apply(value);
    }
    return value;
  }

  private static void onSmallStack(Runnable test) throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(null, test, "small stack", 512 << 10);
    thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }
}
