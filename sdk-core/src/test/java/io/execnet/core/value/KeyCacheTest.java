package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyCacheTest {

  private final KeyCache cache = new KeyCache();

  private @Nullable String get(String text) {
    byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    return cache.get(bytes, 1, bytes.length - 2);
  }

  @Test
  void givesTheSameStringAgain() {
    assertThat(get("name")).isEqualTo("name").isSameAs(get("name"));
  }

  @Test
  void neverTakesOneKeyForAnother() {
    for (int round = 0; round < 2; round++) {
      IntStream.range(0, 10_000)
          .mapToObj(Integer::toString)
          .forEach(key -> assertThat(get(key)).isEqualTo(key));
    }
  }

  @Test
  void leavesLongAndOtherTextToOthers() {
    assertThat(get("a".repeat(25))).isNull();
    assertThat(get("schlüssel")).isNull();
  }

  @Test
  void holdsTheEmptyKey() {
    assertThat(get("")).isEmpty();
  }
}
