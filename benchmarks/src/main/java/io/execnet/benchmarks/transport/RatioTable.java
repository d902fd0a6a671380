package io.execnet.benchmarks.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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

  /** Rows of Markdown: how many times as fast as the first contender, and the median rate. */
  String rows() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      List<Double> ratios = ratios(i);
      rows.append(
          "| %s | %s | %.2f (%.2f to %.2f) | %s |%n"
              .formatted(
                  workload.title(),
                  names.get(i),
                  median(ratios),
                  ratios.get(0),
                  ratios.get(ratios.size() - 1),
                  workload.rate(median(seconds.get(i).stream().sorted().toList()))));
    }
    return rows.toString();
  }

  String title() {
    return workload.title();
  }

  /** How many times as fast as the first one this one is; null if it does no such thing. */
  @Nullable Double ratio(String name) {
    int i = names.indexOf(name);
    return i < 0 ? null : median(ratios(i));
  }

  /** In each round by itself, as what slows one down in a round slows them all. Sorted. */
  private List<Double> ratios(int contender) {
    List<Double> own = seconds.get(contender);
    return IntStream.range(0, own.size())
        .mapToObj(round -> seconds.get(0).get(round) / own.get(round))
        .sorted()
        .toList();
  }

  private static double median(List<Double> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
