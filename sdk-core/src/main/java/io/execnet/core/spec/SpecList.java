package io.execnet.core.spec;

import io.execnet.core.XSpecException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of specs, where {@code N*spec} stands for N copies. */
final class SpecList {

  /** More copies than this of one spec are a slip of the finger. */
  static final int MAX_COPIES = 10_000;

  /** Everything before a star that stands before the first value: {@code 2} in {@code 2*popen}. */
  private static final Pattern COUNT = Pattern.compile("([^*=/]*)\\*(.*)", Pattern.DOTALL);

  private SpecList() {}

  static boolean hasCount(String text) {
    return COUNT.matcher(text).matches();
  }

  static List<XSpec> expand(String text) {
    Matcher matcher = COUNT.matcher(text);
    if (!matcher.matches()) {
      return List.of(XSpec.parse(text));
    }
    int copies = copies(matcher.group(1), text);
    XSpec spec = XSpec.parse(matcher.group(2));
    if (copies > 1 && spec.has("id")) {
      throw SpecKeys.wrong(
          "id=" + spec.id().orElseThrow(), text, copies + " copies would share this id");
    }
    return Collections.nCopies(copies, spec);
  }

  static void requireDistinctIds(List<XSpec> specs) {
    Set<String> ids = new HashSet<>();
    for (XSpec spec : specs) {
      spec.id()
          .filter(id -> !ids.add(id))
          .ifPresent(
              id -> {
                throw SpecKeys.wrong("id=" + id, spec.toString(), "another spec has this id");
              });
    }
  }

  private static int copies(String count, String text) {
    if (!count.matches("[+-]?[0-9]+")) {
      throw SpecKeys.wrong(count + "*", text, "in N*spec, N is a whole number");
    }
    int copies;
    try {
      copies = Integer.parseInt(count);
    } catch (NumberFormatException e) {
      copies = count.startsWith("-") ? -1 : Integer.MAX_VALUE;
    }
    if (copies < 1) {
      throw SpecKeys.wrong(count + "*", text, "in N*spec, N is 1 or more");
    }
    if (copies > MAX_COPIES) {
      throw new XSpecException(
          "'" + count + "*' in '" + text + "': at most " + MAX_COPIES + " copies can be asked for");
    }
    return copies;
  }
}
