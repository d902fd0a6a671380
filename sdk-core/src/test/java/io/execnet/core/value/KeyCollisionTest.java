package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keys that differ in Java and that Python would merge: sent, one of them would vanish. */
class KeyCollisionTest {

  private static byte[] dump(@Nullable Object value) {
    return new Serializer().dumps(value);
  }

  private static void assertMerged(Object first, Object second) {
    Set<Object> set = new LinkedHashSet<>(Arrays.asList(first, second));
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(List.of(set)))
        .withMessageStartingWith("elements of a set that are the same in Python, ")
        .withMessageEndingWith(" at [0]: send only one of them");
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(first, 1);
    map.put(second, 2);
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(map))
        .withMessageStartingWith("keys of a dict that are the same in Python, ");
  }

  @Test
  void areNamedWithTheirClasses() {
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> dump(new LinkedHashSet<>(List.of(1, 1L))))
        .withMessage(
            "elements of a set that are the same in Python, 1 (Integer) and 1 (Long): send only one of"
                + " them");
  }

  @Test
  void areNumbersOfTheSameValue() {
    assertMerged(1, 1L);
    assertMerged(1L, true);
    assertMerged(0, false);
    assertMerged(1.0, 1L);
    assertMerged(1.5f, 1.5);
    assertMerged(0.0, -0.0);
    assertMerged(new PyComplex(2, 0), 2);
    assertMerged(new PyComplex(0.0, 1), new PyComplex(-0.0, 1));
    assertMerged(new AtomicInteger(3), new AtomicInteger(3));
    assertMerged(BigInteger.TEN.pow(22), 1e22);
    assertMerged(0x1p63, BigInteger.TWO.pow(63));
    assertMerged((byte) 1, (short) 1);
  }

  @Test
  void areTextsBytesAndNones() {
    assertMerged("a", 'a');
    assertMerged(TimeUnit.DAYS, "DAYS");
    assertMerged(new byte[] {1}, ByteBuffer.wrap(new byte[] {1}));
    assertMerged(PyNone.NONE, Optional.empty());
    assertMerged(Optional.of(1), 1);
  }

  @Test
  void areTuplesAndFrozenSetsOfThese() {
    assertMerged(PyTuple.of(1, "a"), PyTuple.of(1L, 'a'));
    assertMerged(PyFrozenSet.of(1, 2), PyFrozenSet.of(2L, 1L));
    assertMerged(PyTuple.of(PyFrozenSet.of(1.0)), PyTuple.of(PyFrozenSet.of(true)));
  }

  @Test
  void areWhatAMapComparesByIdentity() {
    Map<Object, Object> map = new IdentityHashMap<>();
    map.put("a", 1);
    map.put(new StringBuilder("a").toString(), 2);

    assertThatExceptionOfType(DumpException.class).isThrownBy(() -> dump(map));
  }

  @Test
  void areNotThoseThatOnlyLookAlike() {
    Set<Object> set =
        new LinkedHashSet<>(
            Arrays.asList(
                1L,
                "1",
                1.5,
                "True",
                'x',
                null,
                "None",
                PyTuple.of(1L),
                PyFrozenSet.of(1L),
                new byte[] {'1'},
                2L,
                3,
                new PyComplex(1, 1),
                Float.NaN,
                Double.NaN,
                0x1p70));

    assertThat(dump(set)).isNotEmpty();
  }
}
