package io.execnet.core.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The items of a list or dict as nearly all are: in order, with text as keys, and not containers
 * themselves. They go straight where they belong, without the detour over the stack. What is
 * otherwise is left to the machine, with the stack as it then expects it.
 */
final class PlainItems {

  private static final Object OTHER = new Object();

  private final PayloadInput in;
  private final ValueStack stack;

  PlainItems(PayloadInput in, ValueStack stack) {
    this.in = in;
    this.stack = stack;
  }

  /** Fills the list on top. */
  void fill(ArrayList<@Nullable Object> list, int slot, StringCoercion coercion) {
    int length = stack.low(slot);
    int index = list.size();
    index += in.readIntItems(index, length, list);
    while (index < length && in.isAtInt(index)) {
      in.position += 1 + Integer.BYTES;
      int itemAt = in.position;
      Object item = next(coercion);
      if (item == OTHER || !in.isAt(Opcode.SETITEM)) {
        in.position = itemAt;
        stack.pushInt(index);
        return;
      }
      in.position++;
      list.add(item);
      index++;
    }
  }

  /** Fills the dict on top. */
  void fill(
      LinkedHashMap<@Nullable Object, @Nullable Object> dict, int slot, StringCoercion coercion) {
    while (in.isAt(Opcode.PY3STRING) && !coercion.py3strAsPy2str()) {
      in.start = in.position++;
      String key = in.readKey();
      int valueAt = in.position;
      Object value = next(coercion);
      if (value == OTHER || !in.isAt(Opcode.SETITEM)) {
        in.position = valueAt;
        stack.push(key, 0);
        return;
      }
      in.start = in.position++;
      put(dict, key, value);
      stack.addLow(slot, PythonEquality.TEXT);
    }
  }

  /** Puts an entry in, the first with its key. */
  void put(
      LinkedHashMap<@Nullable Object, @Nullable Object> dict,
      @Nullable Object key,
      @Nullable Object value) {
    int before = dict.size();
    dict.put(key, value);
    if (dict.size() == before) {
      throw in.failure("a dict with the key " + PythonPath.literal(key) + " twice");
    }
  }

  /** Reads the next value if it is of the usual ones that are no containers, else OTHER. */
  private @Nullable Object next(StringCoercion coercion) {
    if (in.position >= in.end) {
      return OTHER;
    }
    in.start = in.position;
    switch (in.array[in.position++]) {
      case Opcode.INT -> {
        return (long) in.readInt();
      }
      case Opcode.PY3STRING -> {
        return coercion.py3strAsPy2str() ? OTHER : in.readText();
      }
      case Opcode.FLOAT -> {
        return in.readDouble();
      }
      case Opcode.TRUE -> {
        return Boolean.TRUE;
      }
      case Opcode.FALSE -> {
        return Boolean.FALSE;
      }
      case Opcode.NONE -> {
        return null;
      }
      default -> {
        return OTHER;
      }
    }
  }
}
