package io.execnet.core.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The stack of the machine that runs payloads. Beside each value is a number: for an INT the int
 * itself, which becomes an object only when it is used as a value (most are indexes of lists); for
 * a container how deep it nests, and below that 32 bits of its own: for a list the length that was
 * announced, for a dict the kinds of its keys.
 */
final class ValueStack {

  private static final int KEPT = 1_024;
  private static final Object INT = new Object();

  private @Nullable Object[] values = new Object[32];
  private long[] numbers = new long[32];
  private int size;

  int size() {
    return size;
  }

  void push(@Nullable Object value, long number) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
    }
    values[size] = value;
    numbers[size++] = number;
  }

  void pushInt(int value) {
    push(INT, value);
  }

  void pushContainer(Object container, int depth, int low) {
    push(container, (long) depth << Integer.SIZE | low);
  }

  /** What is there, unfinished. */
  @Nullable Object at(int slot) {
    return values[slot];
  }

  boolean isInt(int slot) {
    return values[slot] == INT;
  }

  long number(int slot) {
    return numbers[slot];
  }

  int low(int slot) {
    return (int) numbers[slot];
  }

  void addLow(int slot, int bits) {
    numbers[slot] |= bits;
  }

  int depth(int slot) {
    return values[slot] == INT ? 0 : (int) (numbers[slot] >>> Integer.SIZE);
  }

  void deepen(int slot, int depth) {
    if (depth > depth(slot)) {
      numbers[slot] = (long) depth << Integer.SIZE | numbers[slot] & 0xffff_ffffL;
    }
  }

  /** Removes the values from this slot on. */
  void drop(int slot) {
    for (int i = slot; i < size; i++) { // mostly one or two
      values[i] = null;
    }
    size = slot;
  }

  /** Forgets everything, and gives memory back where a payload took much. */
  void clear() {
    if (values.length > KEPT) {
      values = new Object[32];
      numbers = new long[32];
      size = 0;
    } else {
      drop(0);
    }
  }

  /**
   * The value as it is handed out.
   *
   * @throws IllegalArgumentException where it is a dict with two keys that Python takes for one
   */
  @Nullable Object finish(int slot) {
    Object value = values[slot];
    if (value == INT) {
      return numbers[slot];
    }
    if (value != null && low(slot) != 0) {
      if (value instanceof ArrayList<?> list) {
        pad(list, low(slot));
      } else if (value instanceof LinkedHashMap<?, ?> dict
          && PythonEquality.mayCollide(low(slot))) {
        requireDistinct(dict.keySet());
      }
    }
    return value;
  }

  /** Items that were announced and never set are None. */
  static void pad(ArrayList<?> list, int length) {
    if (list.size() < length) {
      list.addAll(Collections.nCopies(length - list.size(), null));
    }
  }

  static void requireDistinct(Iterable<? extends @Nullable Object> keys) {
    PythonEquality.Collision collision = PythonEquality.find(keys);
    if (collision != null) {
      throw new IllegalArgumentException("keys that are the same in Python, " + collision);
    }
  }
}
