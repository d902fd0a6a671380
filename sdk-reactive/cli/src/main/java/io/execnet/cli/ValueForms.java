package io.execnet.cli;

import io.execnet.core.value.PyComplex;
import io.execnet.core.value.PyFrozenSet;
import io.execnet.core.value.PyTuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the forms of {@link ValueJson} stand for. */
final class ValueForms {

  private ValueForms() {}

  /** The value that {@code {form: content}} stands for. */
  static Object read(String form, @Nullable Object content) {
    return switch (form) {
      case ValueJson.BYTES -> bytes(content);
      case ValueJson.SET -> set(content);
      case ValueJson.COMPLEX -> complex(content);
      case ValueJson.DICT -> dict(content);
      case ValueJson.FLOAT -> real(content);
      default -> throw new IllegalArgumentException(form);
    };
  }

  private static byte[] bytes(@Nullable Object content) {
    try {
      if (content instanceof String text) {
        return Base64.getDecoder().decode(text);
      }
    } catch (IllegalArgumentException e) {
      // said below, for every wrong content alike
    }
    throw wrong(ValueJson.BYTES, "bytes in Base64, like {\"$bytes\":\"AAE=\"}");
  }

  private static double real(@Nullable Object content) {
    if ("nan".equals(content)) {
      return Double.NaN;
    } else if ("inf".equals(content)) {
      return Double.POSITIVE_INFINITY;
    } else if ("-inf".equals(content)) {
      return Double.NEGATIVE_INFINITY;
    }
    throw wrong(ValueJson.FLOAT, "\"nan\", \"inf\" or \"-inf\"");
  }

  private static PyComplex complex(@Nullable Object content) {
    if (content instanceof List<?> parts
        && parts.size() == 2
        && parts.get(0) instanceof Number re
        && parts.get(1) instanceof Number im) {
      return new PyComplex(exact(re), exact(im));
    }
    throw wrong(ValueJson.COMPLEX, "two numbers, like {\"$complex\":[0.0,1.0]}");
  }

  private static double exact(Number part) {
    double real = part.doubleValue();
    if (!(part instanceof Double)
        && (Double.isInfinite(real) || !integral(real).equals(new BigInteger(part.toString())))) {
      throw new ValueJsonException(part + " in {\"$complex\":…} is not exactly a float");
    }
    return real;
  }

  private static Set<@Nullable Object> set(@Nullable Object content) {
    if (!(content instanceof List<?> items)) {
      throw wrong(ValueJson.SET, "an array, like {\"$set\":[1,2]}");
    }
    Set<@Nullable Object> elements = new LinkedHashSet<>();
    Set<@Nullable Object> seen = new HashSet<>();
    for (Object item : items) {
      Object element = hashable(item);
      if (!seen.add(asPythonCompares(element))) {
        throw new ValueJsonException("the same element twice in {\"$set\":…}");
      }
      elements.add(element);
    }
    return elements;
  }

  private static Map<@Nullable Object, @Nullable Object> dict(@Nullable Object content) {
    if (!(content instanceof List<?> pairs)) {
      throw notPairs();
    }
    Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
    Set<@Nullable Object> seen = new HashSet<>();
    for (Object pair : pairs) {
      if (!(pair instanceof List<?> parts) || parts.size() != 2) {
        throw notPairs();
      }
      Object key = hashable(parts.get(0));
      if (!seen.add(asPythonCompares(key))) {
        throw new ValueJsonException("the same key twice in {\"$dict\":…}");
      }
      entries.put(key, parts.get(1));
    }
    return entries;
  }

  /**
   * The value as a dict key or set element: what Python can't hash there is read as what it can.
   */
  private static @Nullable Object hashable(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    } else if (value instanceof Map) {
      throw new ValueJsonException("a dict can't be a dict's key or a set's element");
    } else if (value instanceof Set<?> set) {
      return PyFrozenSet.copyOf(set);
    } else if (value instanceof List<?> list) {
      return PyTuple.copyOf(each(list));
    }
    return value;
  }

  private static List<@Nullable Object> each(Collection<?> values) {
    List<@Nullable Object> hashable = new ArrayList<>();
    values.forEach(value -> hashable.add(hashable(value)));
    return hashable;
  }

  /** Equal for values that are equal in Python: 1, 1.0 and True are the same key. */
  private static @Nullable Object asPythonCompares(@Nullable Object value) {
    if (value instanceof Boolean flag) {
      return BigInteger.valueOf(flag ? 1 : 0);
    } else if (value instanceof Long number) {
      return BigInteger.valueOf(number);
    } else if (value instanceof Double number && number == Math.rint(number)) {
      return Double.isInfinite(number) ? number : integral(number);
    } else if (value instanceof PyComplex complex && complex.imaginary() == 0) {
      return asPythonCompares(complex.real());
    } else if (value instanceof PyFrozenSet set) {
      Set<@Nullable Object> elements = new HashSet<>();
      set.forEach(element -> elements.add(asPythonCompares(element)));
      return elements;
    } else if (value instanceof PyTuple tuple) {
      List<@Nullable Object> items = new ArrayList<>();
      tuple.forEach(item -> items.add(asPythonCompares(item)));
      return items;
    }
    return value;
  }

  private static BigInteger integral(double value) {
    return new BigDecimal(value).toBigInteger();
  }

  private static ValueJsonException notPairs() {
    return wrong(ValueJson.DICT, "an array of [key, value] pairs, like {\"$dict\":[[1,\"one\"]]}");
  }

  private static ValueJsonException wrong(String form, String wanted) {
    return new ValueJsonException("{\"" + form + "\":…} must hold " + wanted);
  }
}
