package io.execnet.reactive;

import io.execnet.core.LoadException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Numbers to other types of number, where they fit exactly; bytes to buffers. */
final class ScalarBinding {

  private static final Map<Class<?>, Function<Number, Number>> EXACT =
      Map.of(
          Byte.class,
          number -> toBigInteger(number).byteValueExact(),
          Short.class,
          number -> toBigInteger(number).shortValueExact(),
          Integer.class,
          number -> toBigInteger(number).intValueExact(),
          Long.class,
          number -> toBigInteger(number).longValueExact(),
          BigInteger.class,
          ScalarBinding::toBigInteger,
          Float.class,
          ScalarBinding::toFloat,
          Double.class,
          ScalarBinding::toDouble,
          BigDecimal.class,
          ScalarBinding::toBigDecimal);

  private ScalarBinding() {}

  /** The item as that type, or null if this is not its business. */
  static @Nullable Object bind(Object item, Class<?> type) {
    if (type == ByteBuffer.class && item instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    }
    Function<Number, Number> exact = EXACT.get(type);
    if (exact == null || !(item instanceof Number number)) {
      return null;
    }
    try {
      return exact.apply(number);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new LoadException(
          ValueBinder.describe(item) + " does not fit exactly into " + type.getSimpleName());
    }
  }

  private static BigInteger toBigInteger(Number number) {
    if (number instanceof BigInteger big) {
      return big;
    }
    if (number instanceof Long) {
      return BigInteger.valueOf(number.longValue());
    }
    throw new ArithmeticException("a float is no int");
  }

  private static BigDecimal toBigDecimal(Number number) {
    return number instanceof Double
        ? new BigDecimal(number.doubleValue())
        : new BigDecimal(toBigInteger(number));
  }

  private static Double toDouble(Number number) {
    double value = number.doubleValue();
    if (!(number instanceof Double)
        && (Double.isInfinite(value)
            || new BigDecimal(value).compareTo(toBigDecimal(number)) != 0)) {
      throw new ArithmeticException("inexact");
    }
    return value;
  }

  private static Float toFloat(Number number) {
    double value = toDouble(number);
    if (Double.compare((float) value, value) != 0) {
      throw new ArithmeticException("inexact");
    }
    return (float) value;
  }
}
