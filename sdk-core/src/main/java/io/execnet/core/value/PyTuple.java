package io.execnet.core.value;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.RandomAccess;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A Python tuple: an immutable list that may hold null (None), and that is sent as a tuple again.
 * As {@link java.util.List} demands, it equals any list of the same items (of which {@code byte[]}
 * equals only itself).
 */
public final class PyTuple extends AbstractList<@Nullable Object> implements RandomAccess {

  private static final PyTuple EMPTY = new PyTuple(new Object[0]);

  private final @Nullable Object[] items;
  private int pythonHash;

  private PyTuple(@Nullable Object[] items) {
    this.items = items;
  }

  /** The tuple of these items. */
  public static PyTuple of(@Nullable Object... items) {
    return wrap(Arrays.copyOf(items, items.length, Object[].class));
  }

  /** The tuple of the items of a collection, in its order. */
  public static PyTuple copyOf(Collection<? extends @Nullable Object> items) {
    return items instanceof PyTuple tuple
        ? tuple
        : wrap(Arrays.copyOf(items.toArray(), items.size(), Object[].class));
  }

  /** Takes over the array. */
  static PyTuple wrap(@Nullable Object[] items) {
    return items.length == 0 ? EMPTY : new PyTuple(items);
  }

  /**
   * Remembers {@link #pythonHash}, which else is computed at each call: only where all that is
   * inside is immutable.
   */
  void rememberPythonHash() {
    pythonHash = pythonHash();
  }

  int pythonHash() {
    int hash = pythonHash;
    if (hash == 0) {
      hash = 1;
      for (Object item : items) {
        hash = 31 * hash + PythonEquality.hash(item);
      }
    }
    return hash;
  }

  @Override
  public @Nullable Object get(int index) {
    return items[index];
  }

  @Override
  public int size() {
    return items.length;
  }

  @Override
  public @Nullable Object[] toArray() {
    return items.clone();
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (Object item : items) {
      hash = 31 * hash + (item == null ? 0 : item.hashCode());
    }
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PyTuple tuple ? Arrays.equals(items, tuple.items) : super.equals(other);
  }

  /** As in Python: {@code (1, 2)}. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "(", items.length == 1 ? ",)" : ")");
    for (Object item : items) {
      text.add(String.valueOf(item));
    }
    return text.toString();
  }
}
