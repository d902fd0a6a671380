package io.execnet.core.value;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Values that arrived, in the form in which a Java collection can hash them. */
final class HashableForm {

  private HashableForm() {}

  /** Whether Python would hash a value of this type (tuples: if it would hash their items). */
  static boolean isContainerWithoutHash(@Nullable Object value) {
    return !(value instanceof PyTuple)
        && !(value instanceof PyFrozenSet)
        && (value instanceof Collection || value instanceof java.util.Map);
  }

  /**
   * The value as a key: bytes, on their own or in tuples, as read-only buffers. What is in a
   * frozenset is so already.
   *
   * @throws IllegalArgumentException naming the type that Python would not hash
   */
  static @Nullable Object of(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Long) {
      return value;
    }
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }
    if (value instanceof PyTuple tuple) {
      return tuple(tuple);
    }
    if (value instanceof ArrayList) {
      throw new IllegalArgumentException("a list");
    }
    if (isContainerWithoutHash(value)) {
      throw new IllegalArgumentException(value instanceof Collection ? "a set" : "a dict");
    }
    return value;
  }

  private static PyTuple tuple(PyTuple tuple) {
    @Nullable Object[] items = null;
    for (int i = 0; i < tuple.size(); i++) {
      Object item = tuple.get(i);
      Object key = of(item);
      if (key != item) {
        items = items == null ? tuple.toArray() : items;
        items[i] = key;
      }
    }
    PyTuple hashable = items == null ? tuple : PyTuple.wrap(items);
    // a key inside a key inside a key would be hashed again at every level
    hashable.rememberPythonHash();
    return hashable;
  }
}
