package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.cli.MapItems.BadLine;
import io.execnet.core.value.PyNone;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MapItemsTest {

  private final List<BadLine> bad = new ArrayList<>();

  @Test
  void eachLineIsAnItemAndBlankOnesAreNone() {
    assertThat(items("1\n\n \t\n\"a\"\nnull\n")).containsExactly(1L, "a", PyNone.NONE);
    assertThat(bad).isEmpty();
  }

  @Test
  void aLineThatIsNoJsonGoesPastWithItsNumberAndPlace() {
    assertThat(items("1\nnope\n2\n[1\n")).containsExactly(1L, 2L);
    assertThat(bad)
        .containsExactly(
            new BadLine(1, "nope", "line 2: not JSON: Unrecognized token 'nope', at column 1"),
            bad.get(1));
    assertThat(bad.get(1).itemsBefore()).isEqualTo(2);
    assertThat(bad.get(1).problem()).startsWith("line 4: not JSON");
  }

  private List<Object> items(String input) {
    LineReader lines =
        new LineReader(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    List<Object> items = new MapItems(lines, bad::add).flux().collectList().block();
    return items == null ? List.of() : items;
  }
}
