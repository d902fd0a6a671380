package io.execnet.benchmarks.scale;

import io.execnet.benchmarks.codec.Shape;
import io.execnet.reactive.Gateway;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an item costs: in longer and longer streams, of each kind, and of any size. */
final class StreamGrowth {

  private static final int SHORTEST = 1_000;
  private static final int SMALLEST = 1_000;
  private static final int PORTION = 20_000_000; // bytes that are sent in one go

  private final Gateway gateway;
  private final Duration least;

  StreamGrowth(Gateway gateway, Duration least) {
    this.gateway = gateway;
    this.least = least;
  }

  /** Of ints, in streams of up to so many. */
  Table ofLength(int longest) throws InterruptedException {
    try (ItemStream stream = new ItemStream(gateway, Shape.SMALL_INT.value())) {
      for (ItemStream.Way way : ItemStream.Way.values()) {
        Cost.of(gateway, SHORTEST, least.multipliedBy(4), () -> stream.run(way, SHORTEST));
      }
      Table table =
          new Table(
              "Streams of ints, per item",
              "items",
              "way",
              "µs",
              "processor time here, µs",
              "in the worker, µs",
              "here / there",
              "heap afterwards",
              "worker's memory");
      for (int count : Limits.steps(SHORTEST, longest)) {
        for (ItemStream.Way way : ItemStream.Way.values()) {
          Cost cost = Cost.of(gateway, count, least, () -> stream.run(way, count));
          table.row(
              "%,d".formatted(count),
              way,
              cost.cells(),
              Resources.megabytes(Resources.now().heap()),
              Resources.megabytes(Usage.of(gateway).resident()));
        }
      }
      return table;
    }
  }

  /** Of each kind, in streams that are long enough. */
  Table ofKind() throws InterruptedException {
    Map<Shape, Integer> portions = new EnumMap<>(Shape.class);
    portions.put(Shape.SMALL_INT, 10_000);
    portions.put(Shape.RECORD, 10_000);
    portions.put(Shape.INTS_1000, 500);
    portions.put(Shape.ASCII_1K, 10_000);
    portions.put(Shape.BYTES_1K, 10_000);
    portions.put(Shape.BYTES_1M, 50);
    Table table =
        new Table(
            "Kinds of items, per item",
            "item",
            "way",
            "µs",
            "processor time here, µs",
            "in the worker, µs",
            "here / there");
    for (Map.Entry<Shape, Integer> portion : portions.entrySet()) {
      try (ItemStream stream = new ItemStream(gateway, portion.getKey().value())) {
        for (ItemStream.Way way : ItemStream.Way.values()) {
          ItemStream each = stream;
          int count = portion.getValue();
          Cost.of(gateway, count, least, () -> each.run(way, count)); // warms up
          Cost cost = Cost.of(gateway, count, least, () -> each.run(way, count));
          table.row(portion.getKey(), way, cost.cells());
        }
      }
    }
    return table;
  }

  /** Of one value of up to so many bytes, per megabyte. */
  Table ofSize(int largest) throws InterruptedException {
    Table table =
        new Table(
            "One value at a time, per MB",
            "bytes",
            "way",
            "µs",
            "processor time here, µs",
            "in the worker, µs",
            "here / there",
            "MB/s",
            "worker's memory");
    for (int size : Limits.steps(SMALLEST, largest)) {
      int count = Math.max(1, PORTION / size);
      try (ItemStream stream = new ItemStream(gateway, new byte[size])) {
        for (ItemStream.Way way : List.of(ItemStream.Way.values())) {
          ItemStream each = stream;
          each.run(way, count); // warms up
          Cost cost = Cost.of(gateway, count, least, () -> each.run(way, count)).times(1e6 / size);
          table.row(
              "%,d".formatted(size),
              way,
              cost.cells(),
              "%.0f".formatted(1e6 / cost.clock()),
              Resources.megabytes(Usage.of(gateway).resident()));
        }
      }
    }
    return table;
  }
}
