package io.execnet.core.value;

import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.RandomAccess;

/** An array of a primitive type, seen as a list. */
final class PrimitiveArray extends AbstractList<Object> implements RandomAccess {

  private final Object array;
  private final int size;

  PrimitiveArray(Object array) {
    this.array = array;
    this.size = Array.getLength(array);
  }

  @Override
  public Object get(int index) {
    if (array instanceof double[] doubles) {
      return doubles[index];
    }
    if (array instanceof long[] longs) {
      return longs[index];
    }
    if (array instanceof int[] ints) {
      return ints[index];
    }
    return Array.get(array, index);
  }

  @Override
  public int size() {
    return size;
  }
}
