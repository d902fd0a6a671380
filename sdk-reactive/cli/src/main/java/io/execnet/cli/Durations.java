package io.execnet.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, or ISO 8601 like {@code PT1H}. */
final class Durations implements ITypeConverter<Duration> {

  private static final Pattern SHORT = Pattern.compile("(\\d{1,15})(ms|s|m|h)");

  @Override
  public Duration convert(String text) {
    Duration duration = parse(text);
    if (duration.isZero() || duration.isNegative()) {
      throw new TypeConversionException("'" + text + "' is no time at all");
    }
    return duration;
  }

  /** As it may be written on the command line: {@code 30s}, {@code 5m}. */
  static String text(@Nullable Duration duration) {
    if (duration == null) {
      return "";
    }
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    } else if (millis % 60_000 != 0) {
      return millis / 1000 + "s";
    }
    return millis % 3_600_000 != 0 ? millis / 60_000 + "m" : millis / 3_600_000 + "h";
  }

  private static Duration parse(String text) {
    Matcher matcher = SHORT.matcher(text);
    try {
      if (matcher.matches()) {
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        };
      }
      return Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new TypeConversionException(
          "'" + text + "' is not a duration; write it like 500ms, 30s, 5m, 2h or PT1H");
    }
  }
}
