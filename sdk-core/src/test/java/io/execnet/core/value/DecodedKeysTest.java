package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.LoadException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys of dicts and elements of sets that arrive: hashable, and apart in Python and in Java. */
class DecodedKeysTest {

  private final ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1});

  @Test
  void bytesAreReadOnlyBuffersInDictKeysAndSetsAndOnlyThere() {
    assertThat(Payload.of().op("J").block('A', (byte) 1).block('A', (byte) 2).op("PQ").load())
        .satisfies(
            dict -> {
              assertThat((Map<?, ?>) dict).hasSize(1);
              assertThat(((Map<?, ?>) dict).get(bytes)).isEqualTo(new byte[] {2});
            });
    assertThat(Payload.of().block('A', (byte) 1).op('O', 1).op("Q").load())
        .isEqualTo(Set.of(bytes));
    assertThat(Payload.of().block('A', (byte) 1).op('E', 1).op("Q").load())
        .isEqualTo(PyFrozenSet.of(bytes));
  }

  @Test
  void alsoInsideTuplesThere() {
    Object set =
        Payload.of()
            .block('A', (byte) 1)
            .op('@', 1)
            .op('F', 2)
            .op('@', 2)
            .op('O', 1)
            .op("Q")
            .load();

    assertThat(set).isEqualTo(Set.of(PyTuple.of(PyTuple.of(bytes), 2L)));
  }

  @Test
  void theseBuffersCanNotBeWrittenTo() {
    Object set = Payload.of().block('A', (byte) 1).op('O', 1).op("Q").load();

    ByteBuffer element = (ByteBuffer) ((Set<?>) Objects.requireNonNull(set)).iterator().next();

    assertThatExceptionOfType(ReadOnlyBufferException.class)
        .isThrownBy(() -> element.put(0, (byte) 9));
  }

  @Test
  void whatPythonCanNotHashFails() {
    assertFails(Payload.of().op("J").op('K', 0).op("LPQ"), "a list as a dict's key at byte 7");
    assertFails(Payload.of().op("JJLPQ"), "a dict as a dict's key at byte 3");
    assertFails(
        Payload.of().op('O', 0).op('@', 1).op('E', 1).op("Q"),
        "a set as a set's element at byte 10");
  }

  @Test
  void whatJavaWouldMergeThoughPythonKeepsItApartFails() {
    Payload nan = Payload.of().op("D").number(Double.NaN);

    assertFails(
        Payload.of().raw(nan.bytes()).raw(nan.bytes()).op('O', 2).op("Q"),
        "a set with the element NaN twice at byte 18");
    assertFails(
        Payload.of().op("J").raw(nan.bytes()).op("LP").raw(nan.bytes()).op("LPQ"),
        "a dict with the key NaN twice at byte 22");
  }

  @Test
  void whatPythonWouldMergeFails() {
    assertFails(
        Payload.of().op('F', 1).op("R").op('O', 2).op("Q"),
        "keys that are the same in Python, 1 (Long) and True (Boolean) at byte 6");
    assertFails(
        Payload.of().op("J").op('F', 0).op("LPD").number(-0.0).op("LPQ"),
        "keys that are the same in Python, 0 (Long) and -0.0 (Double) at byte 19");
    assertFails(
        Payload.of().op('F', 1).op('@', 1).op("R").op('@', 1).op('E', 2).op("Q"),
        "keys that are the same in Python, (1,) (PyTuple) and (True,) (PyTuple) at byte 16");
  }

  @Test
  void numbersThatAreNotTheSameStand() {
    assertThat(Payload.of().op('F', 1).op("CD").number(1.5).op('O', 3).op("Q").load())
        .isEqualTo(Set.of(1L, false, 1.5));
  }

  private static void assertFails(Payload payload, String message) {
    assertThatExceptionOfType(LoadException.class).isThrownBy(payload::load).withMessage(message);
  }
}
