package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S, 500ms",
    "30s, PT30S, 30s",
    "90s, PT90S, 90s",
    "5m, PT5M, 5m",
    "2h, PT2H, 2h",
    "PT1H, PT1H, 1h",
    "PT1.5S, PT1.5S, 1500ms",
  })
  void readsAndWritesDurations(String text, Duration duration, String written) {
    assertThat(new Durations().convert(text)).isEqualTo(duration);
    assertThat(Durations.text(duration)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "", "s", "-3s", "0s", "PT0S", "-PT1S", "1d2", "99999999999999999h"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }
}
