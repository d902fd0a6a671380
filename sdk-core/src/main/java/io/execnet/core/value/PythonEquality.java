package io.execnet.core.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys Python takes for the same one. Java keeps apart what Python does not: 1, 1.0 and true;
 * 0.0 and -0.0; an Integer and a Long. Sent in one dict or set, one of them would vanish.
 */
final class PythonEquality {

  // What kinds of keys a container holds. Two of different kinds can be equal in Python only if
  // both are numbers; two of the same kind only if that kind is OTHER.
  static final int TEXT = 1;
  static final int LONG = 2;
  static final int INTEGER = 4;
  static final int BOOLEAN = 8;
  static final int BYTES = 16;
  static final int NONE = 32;
  static final int OTHER = 64;

  private static final int NUMBERS = LONG | INTEGER | BOOLEAN;

  private PythonEquality() {}

  /** The kind of a key: one of the constants. */
  static int kind(@Nullable Object key) {
    if (key == null) {
      return NONE;
    }
    Class<?> type = key.getClass();
    if (type == String.class) {
      return TEXT;
    }
    if (type == Long.class) {
      return LONG;
    }
    if (type == Integer.class) {
      return INTEGER;
    }
    if (type == Boolean.class) {
      return BOOLEAN;
    }
    return key instanceof ByteBuffer ? BYTES : OTHER;
  }

  /**
   * Whether keys of these kinds (their bits together) may be equal in Python, though not in Java.
   */
  static boolean mayCollide(int kinds) {
    return (kinds & OTHER) != 0 || Integer.bitCount(kinds & NUMBERS) > 1;
  }

  /** Two keys that Python takes for one, or null if there are none. */
  static @Nullable Collision find(Iterable<? extends @Nullable Object> keys) {
    Map<Key, Key> seen = new HashMap<>();
    for (Object value : keys) {
      Key key = new Key(value);
      Key before = seen.putIfAbsent(key, key);
      if (before != null) {
        return new Collision(before.value, value);
      }
    }
    return null;
  }

  /** Two keys that Python takes for one. */
  record Collision(@Nullable Object first, @Nullable Object second) {

    /** Both with their classes, as their texts may be the same. */
    @Override
    public String toString() {
      return describe(first) + " and " + describe(second);
    }

    private static String describe(@Nullable Object key) {
      String text = PythonPath.literal(key);
      return key == null ? text : text + " (" + key.getClass().getSimpleName() + ")";
    }
  }

  /** Sets and maps that may hold what is equal even in Java. */
  static boolean comparesByIdentity(Object container) {
    return container instanceof IdentityHashMap || container.getClass() == IDENTITY_SET;
  }

  private static final Class<?> IDENTITY_SET =
      Collections.newSetFromMap(new IdentityHashMap<>()).getClass();

  /** As Python's {@code hash}: equal for keys that are {@link #equal}. */
  static int hash(@Nullable Object key) {
    if (key instanceof Optional<?> optional) {
      return hash(optional.orElse(null));
    }
    if (key instanceof PyTuple tuple) {
      return tuple.pythonHash();
    }
    if (key instanceof PyFrozenSet frozen) {
      return frozen.pythonHash();
    }
    return scalar(key).hashCode();
  }

  /** As Python's {@code ==} on keys. */
  static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Optional<?> optional) {
      return equal(optional.orElse(null), b);
    }
    if (b instanceof Optional<?> optional) {
      return equal(a, optional.orElse(null));
    }
    if (a instanceof PyTuple first && b instanceof PyTuple second) {
      int size = first.size();
      if (second.size() != size) {
        return false;
      }
      for (int i = 0; i < size; i++) {
        if (!equal(first.get(i), second.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof PyFrozenSet first && b instanceof PyFrozenSet second) {
      if (first.size() != second.size()) {
        return false;
      }
      Set<Key> keys = new HashSet<>();
      first.forEach(element -> keys.add(new Key(element)));
      for (Object element : second) {
        if (!keys.contains(new Key(element))) {
          return false;
        }
      }
      return true;
    }
    boolean composite = isComposite(a) || isComposite(b);
    return !composite && scalar(a).equals(scalar(b));
  }

  private static boolean isComposite(@Nullable Object key) {
    return key instanceof PyTuple || key instanceof PyFrozenSet;
  }

  /** A key that compares itself as Python would. */
  private static final class Key {

    private final @Nullable Object value;
    private final int hash;

    Key(@Nullable Object value) {
      this.value = value;
      this.hash = hash(value);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && hash == key.hash && equal(value, key.value);
    }
  }

  /** An object whose {@code equals} and {@code hashCode} are Python's for this scalar. */
  private static Object scalar(@Nullable Object key) {
    if (key == null || key == PyNone.NONE) {
      return PyNone.NONE;
    }
    if (key instanceof String || key instanceof Long) {
      return key;
    }
    if (key instanceof Boolean truth) {
      return truth ? 1L : 0L;
    }
    if (key instanceof BigInteger big) {
      return Decimal.normal(big);
    }
    if (key instanceof Double || key instanceof Float) {
      return number(((Number) key).doubleValue());
    }
    if (key instanceof Number number) {
      return number.longValue(); // the other numbers that can be sent are ints
    }
    if (key instanceof PyComplex complex) {
      return number(complex);
    }
    if (key instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    }
    if (key instanceof CharSequence || key instanceof Character) {
      return key.toString();
    }
    if (key instanceof Enum<?> constant) {
      return constant.name();
    }
    if (key instanceof ChannelReference channel) {
      return new ChannelId(channel.id());
    }
    return key;
  }

  private static Object number(double value) {
    if (Double.isNaN(value)) {
      return new Object(); // equals nothing, not even itself
    }
    if (Double.isInfinite(value) || value != Math.rint(value)) {
      return value;
    }
    if (Math.abs(value) < 0x1p62) {
      return (long) value;
    }
    return Decimal.normal(new BigDecimal(value).toBigInteger());
  }

  private static Object number(PyComplex value) {
    if (value.imaginary() == 0) {
      return number(value.real());
    }
    if (Double.isNaN(value.real()) || Double.isNaN(value.imaginary())) {
      return new Object();
    }
    return new PyComplex(value.real() + 0.0, value.imaginary()); // -0.0 + 0.0 is 0.0
  }

  private record ChannelId(int id) {}
}
