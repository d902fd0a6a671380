package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tuples and frozensets are a List and a Set that can't be changed. */
class PyTupleTest {

  @Test
  void isAListOfItsItemsNullIncluded() {
    PyTuple tuple = PyTuple.of(1, null);

    assertThat(tuple).containsExactly(1, null);
    assertThat(tuple).isEqualTo(Arrays.asList(1, null)).hasSameHashCodeAs(Arrays.asList(1, null));
    assertThat(tuple).hasToString("(1, null)");
    assertThat(PyTuple.of("a")).hasToString("(a,)");
    assertThat(PyTuple.of()).hasToString("()");
  }

  @Test
  void doesNotChangeWithWhatItWasMadeFrom() {
    Object[] array = {1};
    List<Object> list = new ArrayList<>(List.of(1));
    PyTuple ofArray = PyTuple.of(array);
    PyTuple ofList = PyTuple.copyOf(list);

    array[0] = 2;
    list.set(0, 2);
    ofArray.toArray()[0] = 2;

    assertThat(ofArray).containsExactly(1);
    assertThat(ofList).containsExactly(1);
    assertThat(PyTuple.copyOf(ofList)).isSameAs(ofList);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> ofList.set(0, 2));
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> ofList.add(2));
  }

  @Test
  void aFrozenSetIsASetInOrderNullIncluded() {
    PyFrozenSet set = PyFrozenSet.of(3, null, 1, 3);

    assertThat(set).containsExactly(3, null, 1);
    assertThat(set.contains(null)).isTrue();
    assertThat(set.contains(2)).isFalse();
    Set<Object> same = new HashSet<>(Arrays.asList(1, 3, null));
    assertThat(set).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(same).isEqualTo(set);
    assertThat(set).isEqualTo(PyFrozenSet.of(1, 3, null)).isNotEqualTo(PyFrozenSet.of(1, 3, 2));
    assertThat(PyFrozenSet.copyOf(set)).isSameAs(set);
  }

  @Test
  void aFrozenSetDoesNotChange() {
    List<Object> list = new ArrayList<>(List.of(1));
    PyFrozenSet set = PyFrozenSet.copyOf(list);

    list.add(2);

    assertThat(set).containsExactly(1);
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> set.add(2));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> set.iterator().remove());
  }
}
