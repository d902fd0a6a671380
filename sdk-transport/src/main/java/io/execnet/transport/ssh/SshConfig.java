package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The options that hold for one host: of each, the first value that was given. */
final class SshConfig {

  /** A value, and the place that an error about it names. */
  private record Value(List<String> words, String where) {}

  private final Map<String, List<Value>> values = new HashMap<>();

  /** Adds a value, which counts where it is the first one. */
  void add(String keyword, List<String> words, String where) {
    values
        .computeIfAbsent(keyword.toLowerCase(Locale.ROOT), it -> new ArrayList<>())
        .add(new Value(words, where));
  }

  Optional<String> text(String keyword) {
    return first(keyword).map(it -> String.join(" ", it.words()));
  }

  /** The words of the first value. */
  Optional<List<String>> words(String keyword) {
    return first(keyword).map(Value::words);
  }

  /** Every value, for the options of which each counts. */
  List<String> all(String keyword) {
    return values.getOrDefault(keyword, List.of()).stream()
        .map(it -> String.join(" ", it.words()))
        .toList();
  }

  OptionalInt number(String keyword, int least, int most) {
    Optional<Value> value = first(keyword);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int number = Integer.parseInt(String.join(" ", value.get().words()));
      if (number >= least && number <= most) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw wrong(keyword, "a number from " + least + " to " + most);
  }

  boolean yes(String keyword, boolean otherwise) {
    Optional<String> text = text(keyword);
    if (text.isEmpty()) {
      return otherwise;
    }
    return switch (text.get().toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> throw wrong(keyword, "yes or no");
    };
  }

  /** The error that this value is not what it has to be. */
  XSpecException wrong(String keyword, String expected) {
    Value value = first(keyword).orElseThrow();
    return new XSpecException(
        "SSH option "
            + keyword
            + " is '"
            + String.join(" ", value.words())
            + "' ("
            + value.where()
            + "), but has to be "
            + expected);
  }

  private Optional<Value> first(String keyword) {
    List<Value> given = values.getOrDefault(keyword, List.of());
    return given.isEmpty() ? Optional.empty() : Optional.of(given.get(0));
  }
}
