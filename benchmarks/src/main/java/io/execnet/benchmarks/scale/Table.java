package io.execnet.benchmarks.scale;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A table of Markdown below its heading, whose rows are shown as they come. */
final class Table {

  private final StringBuilder text = new StringBuilder();

  Table(String heading, String... columns) {
    add("\n## " + heading + "\n");
    row((Object[]) columns);
    add(
        Arrays.stream(columns)
            .map(column -> "|")
            .collect(Collectors.joining(" --- ", "", " --- |")));
  }

  void row(Object... cells) {
    add(Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |")));
  }

  private void add(String line) {
    System.out.println(line);
    text.append(line).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
