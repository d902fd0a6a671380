package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;

/** Bars of how many times as fast as the first contender we are, and the limit is. */
final class SpeedChart {

  static final String OURS = "this SDK";

  private static final List<String> SHOWN =
      List.of(
          OURS,
          "bare loops of Python",
          "python -c pass",
          "JSON lines to a process",
          "Py4J",
          "gRPC");

  private SpeedChart() {}

  static void write(List<RatioTable> tables, Path file) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1200)
            .height(700)
            .title("Times as fast as stock execnet, which is 1")
            .build();
    chart.getStyler().setXAxisLabelRotation(45);
    List<String> titles = tables.stream().map(RatioTable::title).toList();
    for (String name : SHOWN) {
      List<@Nullable Double> ratios = new ArrayList<>();
      tables.forEach(table -> ratios.add(table.ratio(name)));
      if (ratios.stream().anyMatch(Objects::nonNull)) {
        chart.addSeries(name, titles, ratios);
      }
    }
    ChartEncoder.saveChart(chart, file.toString(), "svg");
  }
}
