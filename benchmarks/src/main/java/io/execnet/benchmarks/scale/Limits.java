package io.execnet.benchmarks.scale;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How far to go.
 *
 * @param items the longest stream
 * @param channels the most on one gateway
 * @param gateways the most in one group
 * @param bytes the largest value
 * @param least what a measurement takes, and a quarter of what comes before it to warm up
 * @param spec of every gateway
 * @param folder for the result
 */
record Limits(
    int items, int channels, int gateways, int bytes, Duration least, String spec, Path folder) {

  private static final Limits SHORT =
      new Limits(
          1_000_000,
          10_000,
          50,
          64_000_000,
          Duration.ofSeconds(1),
          "popen",
          Path.of("benchmarks", "results"));

  /** Those, where not given otherwise: {@code items=100000000 spec=popen//io=pipe}. */
  static Limits of(String... arguments) {
    Limits limits = SHORT;
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("not of the form name=value: " + argument);
      }
      limits = limits.with(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return limits;
  }

  private Limits with(String name, String value) {
    return switch (name) {
      case "items" -> new Limits(number(value), channels, gateways, bytes, least, spec, folder);
      case "channels" -> new Limits(items, number(value), gateways, bytes, least, spec, folder);
      case "gateways" -> new Limits(items, channels, number(value), bytes, least, spec, folder);
      case "bytes" -> new Limits(items, channels, gateways, number(value), least, spec, folder);
      case "millis" ->
          new Limits(
              items, channels, gateways, bytes, Duration.ofMillis(number(value)), spec, folder);
      case "spec" -> new Limits(items, channels, gateways, bytes, least, value, folder);
      case "folder" -> new Limits(items, channels, gateways, bytes, least, spec, Path.of(value));
      default ->
          throw new IllegalArgumentException(
              "no " + name + ", but items, channels, gateways, bytes, millis, spec and folder");
    };
  }

  private static int number(String value) {
    return Integer.parseInt(value.replace("_", ""));
  }

  /** In steps of ten from the first to the last, which is there too. */
  static List<Integer> steps(int first, int last) {
    List<Integer> steps = new ArrayList<>();
    for (long step = first; step < last; step *= 10) {
      steps.add((int) step);
    }
    steps.add(last);
    return steps;
  }
}
