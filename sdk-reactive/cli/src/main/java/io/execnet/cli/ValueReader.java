package io.execnet.cli;

import io.execnet.core.value.PyNone;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads one JSON text as one value. An object of one key that is a form is what it stands for. */
final class ValueReader {

  private int depth;

  @Nullable Object read(String text) {
    try (JsonParser in = ValueJson.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (in.nextToken() == null) {
        throw new ValueJsonException("there is no value");
      }
      Object value = value(in);
      if (in.nextToken() != null) {
        throw new ValueJsonException(
            "not one JSON value: after it comes more, at column "
                + in.currentLocation().getColumnNr());
      }
      return value;
    } catch (JacksonException e) {
      throw notJson(e);
    }
  }

  /** As {@link #read}, for a stream of items, which can't hold a null. */
  static Object readItem(String text) {
    Object value = new ValueReader().read(text);
    return value == null ? PyNone.NONE : value;
  }

  private static ValueJsonException notJson(JacksonException e) {
    String said = e.getOriginalMessage().split(": was expecting| \\(for JSON Standard", 2)[0];
    return new ValueJsonException(
        "not JSON: " + said.strip() + ", at column " + e.getLocation().getColumnNr());
  }

  private @Nullable Object value(JsonParser in) {
    JsonToken token = in.currentToken();
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_STRING -> text(in.getString(), in);
      case VALUE_NUMBER_INT -> integer(in);
      case VALUE_NUMBER_FLOAT -> real(in);
      case START_ARRAY -> nested(in, true);
      case START_OBJECT -> nested(in, false);
      default -> throw new ValueJsonException("not JSON: " + token + " is out of place");
    };
  }

  private @Nullable Object nested(JsonParser in, boolean array) {
    if (++depth > ValueJson.LIMITS.maxDepth()) {
      throw new ValueJsonException(
          "nested more than " + ValueJson.LIMITS.maxDepth() + " levels deep (the limit maxDepth)");
    }
    Object value = array ? array(in) : object(in);
    depth--;
    return value;
  }

  private List<@Nullable Object> array(JsonParser in) {
    List<@Nullable Object> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(in));
    }
    return items;
  }

  private @Nullable Object object(JsonParser in) {
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String key = text(in.currentName(), in);
      if (entries.containsKey(key)) {
        throw new ValueJsonException(
            "the key \"" + key + "\" occurs twice, at column " + column(in));
      }
      in.nextToken();
      entries.put(key, value(in));
    }
    if (entries.size() == 1) {
      Map.Entry<String, @Nullable Object> entry = entries.entrySet().iterator().next();
      if (ValueJson.FORMS.contains(entry.getKey())) {
        return ValueForms.read(entry.getKey(), entry.getValue());
      }
    }
    return entries;
  }

  /** Half a surrogate pair is no text to Python's UTF-8, so it could not be sent. */
  private static String text(String text, JsonParser in) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isLowSurrogate(c)
          || i + 1 == text.length()
          || !Character.isLowSurrogate(text.charAt(i + 1))) {
        throw new ValueJsonException(
            "\\u" + Integer.toHexString(c) + " is half a surrogate pair, at column " + column(in));
      }
      i++;
    }
    return text;
  }

  private static Object integer(JsonParser in) {
    int digits = in.getStringLength();
    if (digits < 19) {
      return in.getLongValue();
    }
    if (digits > ValueJson.LIMITS.maxIntDigits()) {
      throw new ValueJsonException(
          "an int of more than "
              + ValueJson.LIMITS.maxIntDigits()
              + " digits (the limit maxIntDigits), at column "
              + column(in));
    }
    BigInteger number = in.getBigIntegerValue();
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  private static Double real(JsonParser in) {
    double number = Double.parseDouble(in.getString());
    if (Double.isInfinite(number)) {
      throw new ValueJsonException(
          "a number too large for a float, at column "
              + column(in)
              + "; infinity is {\"$float\":\"inf\"}");
    }
    return number;
  }

  private static int column(JsonParser in) {
    return in.currentTokenLocation().getColumnNr();
  }
}
