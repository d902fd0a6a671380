package io.execnet.core.value;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** What is said of values that have no Python form. */
final class Unsupported {

  private Unsupported() {}

  static DumpFailure failure(Object value) {
    return new DumpFailure("can't send a " + value.getClass().getTypeName(), advice(value));
  }

  private static String advice(Object value) {
    if (value instanceof BigDecimal) {
      return "send its doubleValue() if that is exact enough, else its toString()";
    }
    if (value instanceof Number) {
      return "send it as a long, a BigInteger or a double";
    }
    if (value instanceof Iterable || value instanceof java.util.stream.BaseStream) {
      return "collect it to a list first";
    }
    return "send a number, a text, bytes, a collection, a map, a record, an enum or a channel;"
        + " for others, what they are made of or their toString()";
  }

  static DumpFailure unhashable(Object value) {
    String advice;
    if (value instanceof Map || value instanceof Record) {
      advice = "a dict is unhashable in Python; use a PyTuple of its entries";
    } else if (value instanceof Set) {
      advice = "a set is unhashable in Python; use a PyFrozenSet";
    } else {
      advice = "a list is unhashable in Python; use a PyTuple";
    }
    String what = value instanceof Collection || value instanceof Map ? "a " : "a value of class ";
    return new DumpFailure(
        what + value.getClass().getTypeName() + " can't be a dict's key or a set's element",
        advice);
  }
}
