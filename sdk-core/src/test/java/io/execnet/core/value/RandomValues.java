package io.execnet.core.value;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values of the types that arrive from Python, with keys that differ in Python too. */
final class RandomValues {

  private static final int[] CHARS = {
    'a', 'b', ' ', 0, '\'', '\\', '\n', 0xe9, 0x7ff, 0x800, 0x20ac, 0xfffd, 0xffff, 0x1f600,
    0x10ffff
  };
  private static final int[] SIZES = {0, 1, 2, 5};

  private final Random random;

  RandomValues(long seed) {
    this.random = new Random(seed);
  }

  @Nullable Object next() {
    return next(4, false);
  }

  private @Nullable Object next(int depth, boolean key) {
    if (depth == 0 || random.nextInt(10) < 4) {
      return scalar(key);
    }
    int size = SIZES[random.nextInt(SIZES.length)];
    return switch (random.nextInt(key ? 2 : 5)) {
      case 0 -> PyTuple.copyOf(list(size, depth, key));
      case 1 -> PyFrozenSet.copyOf(keys(size, depth));
      case 2 -> keys(size, depth);
      case 3 -> list(size, depth, false);
      default -> {
        Map<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
        keys(size, depth).forEach(k -> dict.put(k, next(depth - 1, false)));
        yield dict;
      }
    };
  }

  private List<@Nullable Object> list(int size, int depth, boolean key) {
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      items.add(next(depth - 1, key));
    }
    return items;
  }

  private Set<@Nullable Object> keys(int size, int depth) {
    Set<@Nullable Object> keys = new LinkedHashSet<>();
    for (int i = 0; i < size; i++) {
      keys.add(next(depth - 1, true));
    }
    // 1 and True, 0.0 and -0.0: start again
    return PythonEquality.find(keys) == null ? keys : keys(size, depth);
  }

  private @Nullable Object scalar(boolean key) {
    return switch (random.nextInt(9)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> (long) random.nextInt(1_000) - 500;
      case 3 -> random.nextLong() >> random.nextInt(64);
      case 4 -> integer();
      case 5 -> key ? random.nextGaussian() : Double.longBitsToDouble(random.nextLong());
      case 6 -> new PyComplex(random.nextInt(3) - 1.0, random.nextInt(3) - 1.0);
      case 7 -> bytes(key);
      default -> text();
    };
  }

  private Number integer() {
    return Decimal.normal(
        new BigInteger(random.nextInt(300), random)
            .multiply(BigInteger.valueOf(random.nextInt(3) - 1)));
  }

  private Object bytes(boolean key) {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return key ? ByteBuffer.wrap(bytes).asReadOnlyBuffer() : bytes;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextBoolean() ? 5 : 100); i > 0; i--) {
      text.appendCodePoint(random.nextInt(3) == 0 ? CHARS[random.nextInt(CHARS.length)] : 'x');
    }
    return text.toString();
  }
}
