package io.execnet.benchmarks.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Seconds per contender and round of one workload, and what to say of them. */
final class RatioTable {

  private final Workload workload;
  private final List<String> names;
  private final List<List<Double>> seconds;

  /** The first contender is what the others are compared with. */
  RatioTable(Workload workload, List<String> names) {
    this.workload = workload;
    this.names = names;
    this.seconds = names.stream().<List<Double>>map(name -> new ArrayList<>()).toList();
  }

  void add(int contender, double value) {
    seconds.get(contender).add(value);
  }

  /**
   * Rows of Markdown: how many times as fast as the first contender (the median over the rounds,
   * each with its own ratio, as what slows one down in a round slows them all), and the median
   * rate.
   */
  String rows() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      List<Double> own = seconds.get(i);
      List<Double> ratios =
          IntStream.range(0, own.size())
              .mapToObj(round -> seconds.get(0).get(round) / own.get(round))
              .sorted()
              .toList();
      rows.append(
          "| %s | %s | %.2f (%.2f to %.2f) | %s |%n"
              .formatted(
                  workload.title(),
                  names.get(i),
                  median(ratios),
                  ratios.get(0),
                  ratios.get(ratios.size() - 1),
                  workload.rate(median(own.stream().sorted().toList()))));
    }
    return rows.toString();
  }

  private static double median(List<Double> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
