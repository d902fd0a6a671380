package io.execnet.core.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A container that is being read. There is one of these per level, used for all containers of that
 * level.
 */
final class MarshalLevel {

  private static final Object NO_KEY = new Object();
  private static final @Nullable Object[] NO_ITEMS = {};
  private static final List<@Nullable Object> NO_LIST = List.of();
  private static final Set<@Nullable Object> NO_SET = Set.of();
  private static final Map<@Nullable Object, @Nullable Object> NO_DICT = Map.of();

  private byte type;
  private int size;
  private int index;
  private int kinds; // of its keys so far
  private @Nullable Object key = NO_KEY;

  private @Nullable Object[] items = NO_ITEMS;
  private List<@Nullable Object> list = NO_LIST;
  private Set<@Nullable Object> set = NO_SET;
  private Map<@Nullable Object, @Nullable Object> dict = NO_DICT;

  /** Begins a container, the size of which is not known of a dict. */
  void begin(byte newType, int newSize) {
    type = newType;
    size = newSize;
    index = 0;
    kinds = 0;
    key = NO_KEY;
    switch (type) {
      case MarshalType.LIST -> list = new ArrayList<>(size);
      case MarshalType.TUPLE -> items = new Object[size];
      case MarshalType.DICT -> dict = new LinkedHashMap<>();
      default -> set = new LinkedHashSet<>(size + size / 3 + 1);
    }
  }

  /** Adds the ints of 32 bits that are next, if this is a list; those of long lists are so. */
  void addInts(MarshalInput in) {
    if (type == MarshalType.LIST) {
      index += in.readInts(size - index, list);
    }
  }

  boolean isDict() {
    return type == MarshalType.DICT;
  }

  /** Whether Python hashes what is next. */
  boolean isHashed() {
    return switch (type) {
      case MarshalType.LIST, MarshalType.TUPLE -> false;
      case MarshalType.DICT -> key == NO_KEY;
      default -> true;
    };
  }

  /** Whether all items of it are there, unless it is a dict. */
  boolean isFull() {
    return index == size;
  }

  /**
   * Adds what is next.
   *
   * @throws IllegalArgumentException if that is there already
   */
  void add(@Nullable Object value) {
    switch (type) {
      case MarshalType.LIST -> list.add(value);
      case MarshalType.TUPLE -> items[index] = value;
      case MarshalType.DICT -> addToDict(value);
      default -> addToSet(value);
    }
    index++;
  }

  private void addToDict(@Nullable Object value) {
    if (key == NO_KEY) {
      key = HashableForm.of(value);
      kinds |= PythonEquality.kind(key);
      return;
    }
    int before = dict.size();
    dict.put(key, value);
    if (dict.size() == before) {
      throw new IllegalArgumentException(
          "a dict with the key " + PythonPath.literal(key) + " twice");
    }
    key = NO_KEY;
  }

  private void addToSet(@Nullable Object value) {
    Object element = HashableForm.of(value);
    kinds |= PythonEquality.kind(element);
    if (!set.add(element)) {
      throw new IllegalArgumentException(
          "a set with the element " + PythonPath.literal(element) + " twice");
    }
  }

  /**
   * The container, which is complete, and is forgotten here.
   *
   * @throws IllegalArgumentException if keys of it are the same in Python
   */
  Object end() {
    if (PythonEquality.mayCollide(kinds)) {
      ValueStack.requireDistinct(isDict() ? dict.keySet() : set);
    }
    Object container =
        switch (type) {
          case MarshalType.LIST -> list;
          case MarshalType.TUPLE -> PyTuple.wrap(items);
          case MarshalType.DICT -> dict;
          case MarshalType.FROZENSET -> frozen(set);
          default -> set;
        };
    clear();
    return container;
  }

  private static PyFrozenSet frozen(Set<@Nullable Object> elements) {
    PyFrozenSet frozen = PyFrozenSet.wrap(elements);
    frozen.rememberPythonHash();
    return frozen;
  }

  /** Forgets the container. */
  void clear() {
    key = NO_KEY;
    list = NO_LIST;
    items = NO_ITEMS;
    set = NO_SET;
    dict = NO_DICT;
  }
}
