package io.execnet.core.value;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names every type and value inside a value, so that two of them can be compared: by Python type,
 * NaN bits and all. As in stock_peer.py.
 */
final class Description {

  private Description() {}

  static String of(@Nullable Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    if (value instanceof Double number) {
      return "float " + bits(number);
    }
    if (value instanceof Number number) {
      return "int " + number;
    }
    if (value instanceof PyComplex complex) {
      return "complex " + bits(complex.real()) + " " + bits(complex.imaginary());
    }
    if (value instanceof String text) {
      return "str " + hex(text.getBytes(StandardCharsets.UTF_8));
    }
    if (value instanceof byte[] bytes) {
      return "bytes " + hex(bytes);
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(buffer.position(), bytes);
      return "bytes " + hex(bytes);
    }
    if (value instanceof Map<?, ?> dict) {
      List<String> items = new ArrayList<>();
      dict.forEach((key, item) -> items.add(of(key) + ": " + of(item)));
      return "dict(" + String.join(", ", items) + ")";
    }
    if (value instanceof PyFrozenSet set) {
      return "frozenset(" + String.join(", ", items(set).stream().sorted().toList()) + ")";
    }
    if (value instanceof Set<?> set) {
      return "set(" + String.join(", ", items(set).stream().sorted().toList()) + ")";
    }
    if (value instanceof Collection<?> collection) {
      String type = value instanceof PyTuple ? "tuple(" : "list(";
      return type + String.join(", ", items(collection)) + ")";
    }
    return value.getClass() + " " + value;
  }

  private static List<String> items(Collection<?> values) {
    List<String> items = new ArrayList<>();
    values.forEach(value -> items.add(of(value)));
    return items;
  }

  private static String bits(double number) {
    return "%016x".formatted(Double.doubleToRawLongBits(number));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
