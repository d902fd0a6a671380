package io.execnet.cli;

import io.execnet.core.value.PyComplex;
import io.execnet.core.value.PyNone;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes values that came from Python, or from {@link ValueReader}, in the forms of ValueJson. */
final class ValueWriter {

  private ValueWriter() {}

  /**
   * Writes one value.
   *
   * @throws ValueJsonException if it holds something that has no JSON form, like a channel; what
   *     was written until then is of no use
   */
  static void write(JsonGenerator out, @Nullable Object value) {
    if (value == null || value == PyNone.NONE) {
      out.writeNull();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Long number) {
      out.writeNumber(number);
    } else if (value instanceof Integer number) {
      out.writeNumber(number);
    } else if (value instanceof BigInteger number) {
      out.writeNumber(number);
    } else if (value instanceof Double number) {
      writeFloat(out, number);
    } else if (value instanceof Set<?> set) {
      writeForm(out, ValueJson.SET, () -> writeAll(out, set));
    } else if (value instanceof Collection<?> list) {
      writeAll(out, list);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(out, map);
    } else {
      writeRare(out, value);
    }
  }

  private static void writeRare(JsonGenerator out, Object value) {
    if (value instanceof byte[] bytes) {
      writeForm(out, ValueJson.BYTES, () -> out.writeBinary(bytes));
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      writeForm(out, ValueJson.BYTES, () -> out.writeBinary(bytes));
    } else if (value instanceof PyComplex complex) {
      writeForm(
          out,
          ValueJson.COMPLEX,
          () -> {
            out.writeStartArray();
            writeFloat(out, complex.real());
            writeFloat(out, complex.imaginary());
            out.writeEndArray();
          });
    } else {
      throw new ValueJsonException("a " + name(value) + " has no JSON form");
    }
  }

  private static String name(Object value) {
    return value instanceof io.execnet.core.value.ChannelReference
        ? "channel"
        : value.getClass().getName();
  }

  private static void writeFloat(JsonGenerator out, double value) {
    if (Double.isFinite(value)) {
      out.writeNumber(FloatText.of(value));
    } else {
      String name = Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
      writeForm(out, ValueJson.FLOAT, () -> out.writeString(name));
    }
  }

  private static void writeForm(JsonGenerator out, String form, Runnable content) {
    out.writeStartObject();
    out.writeName(form);
    content.run();
    out.writeEndObject();
  }

  private static void writeAll(JsonGenerator out, Collection<?> values) {
    out.writeStartArray();
    for (Object value : values) {
      write(out, value);
    }
    out.writeEndArray();
  }

  private static void writeMap(JsonGenerator out, Map<?, ?> map) {
    if (!isPlain(map)) {
      writeForm(out, ValueJson.DICT, () -> writePairs(out, map));
      return;
    }
    out.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.writeName((String) entry.getKey());
      write(out, entry.getValue());
    }
    out.writeEndObject();
  }

  private static boolean isPlain(Map<?, ?> map) {
    for (Object key : map.keySet()) {
      if (!(key instanceof String text) || (map.size() == 1 && ValueJson.FORMS.contains(text))) {
        return false;
      }
    }
    return true;
  }

  private static void writePairs(JsonGenerator out, Map<?, ?> map) {
    out.writeStartArray();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.writeStartArray();
      write(out, entry.getKey());
      write(out, entry.getValue());
      out.writeEndArray();
    }
    out.writeEndArray();
  }
}
