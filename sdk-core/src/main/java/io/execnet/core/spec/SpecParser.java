package io.execnet.core.spec;

import io.execnet.core.XSpecException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the text of one spec apart. */
final class SpecParser {

  private SpecParser() {}

  /** The keys in order, with null for those without a value. */
  static Map<String, @Nullable String> parse(String spec) {
    if (spec.isEmpty()) {
      throw new XSpecException("a spec may not be empty; the simplest one is 'popen'");
    }
    if (SpecList.hasCount(spec)) {
      throw SpecKeys.wrong(spec, spec, "N*spec is for lists of specs, and this is a single one");
    }
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (String part : spec.split("//", -1)) {
      add(part, spec, values);
    }
    SpecKeys.checkTogether(values, spec);
    return values;
  }

  private static void add(String part, String spec, Map<String, @Nullable String> values) {
    int equals = part.indexOf('=');
    String key = equals < 0 ? part : part.substring(0, equals);
    String value = equals < 0 ? null : part.substring(equals + 1);
    if (key.isEmpty()) {
      throw SpecKeys.wrong(part, spec, "a key is missing");
    }
    if (key.startsWith("_")) {
      throw SpecKeys.wrong(part, spec, "a key may not begin with an underscore");
    }
    if (key.startsWith("/")) {
      throw SpecKeys.wrong(part, spec, "a key may not begin with a slash, nor a value end in one");
    }
    if (values.containsKey(key)) {
      throw SpecKeys.wrong(part, spec, "the key '" + key + "' is repeated");
    }
    SpecKeys.check(part, key, value, spec);
    values.put(key, value);
  }
}
