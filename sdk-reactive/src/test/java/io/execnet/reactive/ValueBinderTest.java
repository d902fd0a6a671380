package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.LoadException;
import io.execnet.core.value.PyNone;
import io.execnet.core.value.PyTuple;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueBinderTest {

  @SuppressWarnings("rawtypes")
  static final class Raw extends TypeReference {}

  record Point(int x, double y) {}

  record Row(String name, List<Point> points) {}

  @Test
  void givesWhatIsAlreadyOfTheType() {
    List<Object> list = List.of(1L);
    assertThat(ValueBinder.to(Object.class).isIdentity()).isTrue();
    assertThat((Object) ValueBinder.to(List.class).bind(list)).isSameAs(list);
    assertThat(ValueBinder.to(Number.class).bind(1L)).isEqualTo(1L);
    assertThat(ValueBinder.to(PyNone.class).bind(PyNone.NONE)).isSameAs(PyNone.NONE);
  }

  @Test
  void convertsNumbersThatFitExactly() {
    assertThat(ValueBinder.to(Integer.class).bind(7L)).isEqualTo(7);
    assertThat(ValueBinder.to(Byte.class).bind(-128L)).isEqualTo((byte) -128);
    assertThat(ValueBinder.to(Double.class).bind(7L)).isEqualTo(7.0);
    assertThat(ValueBinder.to(Float.class).bind(0.5)).isEqualTo(0.5f);
    assertThat(ValueBinder.to(BigInteger.class).bind(7L)).isEqualTo(BigInteger.valueOf(7));
    assertThat(ValueBinder.to(Long.class).bind(BigInteger.valueOf(7))).isEqualTo(7L);
  }

  @ParameterizedTest
  @ValueSource(classes = {Integer.class, Short.class, Byte.class, Float.class, Double.class})
  void refusesNumbersThatDoNotFit(Class<?> type) {
    long value = (1L << 62) + 1;
    assertThatThrownBy(() -> ValueBinder.to(type).bind(value))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining(Long.toString(value))
        .hasMessageContaining(type.getSimpleName());
  }

  @Test
  void refusesAFloatAsAnInt() {
    assertThatThrownBy(() -> ValueBinder.to(Long.class).bind(1.0))
        .isInstanceOf(LoadException.class);
    assertThatThrownBy(() -> ValueBinder.to(Point.class).bind(Map.of("x", 1.5, "y", 1.0)))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("['x']");
  }

  @Test
  void bindsBytesToABuffer() {
    assertThat(ValueBinder.to(ByteBuffer.class).bind(new byte[] {1}))
        .isEqualTo(ByteBuffer.wrap(new byte[] {1}));
  }

  @Test
  void bindsDictsAndListsToRecords() {
    Object value =
        Map.of(
            "name", "n", "points", List.of(Map.of("x", 1L, "y", 2.5), Map.of("x", 3L, "y", 4.0)));

    assertThat(ValueBinder.to(Row.class).bind(value))
        .isEqualTo(new Row("n", List.of(new Point(1, 2.5), new Point(3, 4.0))));
  }

  @Test
  void bindsGenericTypes() {
    TypeReference<Map<String, List<Point>>> type = new TypeReference<>() {};

    assertThat(ValueBinder.to(type).bind(Map.of("k", PyTuple.of(Map.of("x", 1L, "y", 0.0)))))
        .isEqualTo(Map.of("k", List.of(new Point(1, 0.0))));
  }

  @Test
  void saysWhereABindingFailed() {
    Object value = Map.of("name", "n", "points", List.of(Map.of("x", "no", "y", 1.0)));

    assertThatThrownBy(() -> ValueBinder.to(Row.class).bind(value))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("['points'][0]['x']");
  }

  @Test
  void refusesWhatTheTypeHasNoPlaceFor() {
    assertThatThrownBy(() -> ValueBinder.to(Point.class).bind(Map.of("x", 1L, "y", 1.0, "z", 1L)))
        .isInstanceOf(LoadException.class)
        .hasMessageContaining("z");
  }

  @Test
  void refusesNoneAndKeysThatAreNoText() {
    assertThatThrownBy(() -> ValueBinder.to(Long.class).bind(PyNone.NONE))
        .isInstanceOf(LoadException.class);
    TypeReference<Map<String, Long>> type = new TypeReference<>() {};
    assertThatThrownBy(() -> ValueBinder.to(type).bind(Map.of(ByteBuffer.wrap(new byte[] {1}), 1L)))
        .isInstanceOf(LoadException.class);
  }

  @Test
  void aTypeReferenceNeedsItsArgument() {
    assertThatThrownBy(() -> new Raw()).isInstanceOf(IllegalArgumentException.class);
  }
}
