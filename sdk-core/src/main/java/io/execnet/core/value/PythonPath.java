package io.execnet.core.value;

import java.nio.ByteBuffer;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Steps of a path to a value, as Python would write them: {@code ['rows'][3]}. */
final class PythonPath {

  private static final int LONGEST_KEY = 60;
  private static final int SHOWN_LEVELS = 4;

  private PythonPath() {}

  /** The item of a list or tuple. */
  static String index(int index) {
    return "[" + index + "]";
  }

  /** The value of a dict. */
  static String key(@Nullable Object key) {
    return "[" + literal(key) + "]";
  }

  /** The key of a dict itself. */
  static String keyItself(@Nullable Object key) {
    return "{key " + literal(key) + "}";
  }

  /** The element of a set. */
  static String element(@Nullable Object element) {
    return "{element " + literal(element) + "}";
  }

  /** A key as Python would write it, roughly, and cut where it is long. */
  static String literal(@Nullable Object key) {
    return literal(key, 0);
  }

  private static String literal(@Nullable Object key, int level) {
    if (key == null || key == PyNone.NONE) {
      return "None";
    }
    if (key instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    if (key instanceof CharSequence || key instanceof Character || key instanceof Enum<?>) {
      String text = key instanceof Enum<?> constant ? constant.name() : key.toString();
      return quoted(cut(text));
    }
    if (key instanceof byte[] bytes) {
      return "bytes of length " + bytes.length;
    }
    if (key instanceof ByteBuffer bytes) {
      return "bytes of length " + bytes.remaining();
    }
    if (key instanceof PyTuple tuple) {
      return items(tuple, level, "(", tuple.size() == 1 ? ",)" : ")");
    }
    if (key instanceof PyFrozenSet frozen) {
      return items(frozen, level, "frozenset({", "})");
    }
    if (key instanceof Number || key instanceof PyComplex) {
      return cut(key.toString());
    }
    return "a " + key.getClass().getTypeName();
  }

  private static String items(Collection<?> items, int level, String before, String after) {
    StringBuilder text = new StringBuilder(before);
    String separator = "";
    for (Object item : items) {
      text.append(separator);
      separator = ", ";
      if (level == SHOWN_LEVELS || text.length() > LONGEST_KEY) {
        text.append('…');
        break;
      }
      text.append(literal(item, level + 1));
    }
    return text.append(after).toString();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("'");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('\'').toString();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_KEY ? text : text.substring(0, LONGEST_KEY) + "…";
  }
}
