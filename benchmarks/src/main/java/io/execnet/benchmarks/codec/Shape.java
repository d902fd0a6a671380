package io.execnet.benchmarks.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The values that are measured, as {@code ValueDecoder} gives them: ints are {@code Long}. */
public enum Shape {
  SMALL_INT(() -> 7L),
  RECORD(() -> record(7)),
  RECORDS_1000(() -> records(1_000)),
  INTS_1000(
      () -> LongStream.range(0, 1_000).boxed().collect(ArrayList::new, List::add, List::addAll)),
  ASCII_1K(() -> ascii(1 << 10)),
  ASCII_1M(() -> ascii(1 << 20)),
  /** 1 KB in UTF-8, of characters of one to four bytes each. */
  TEXT_1K(() -> "Grüße, Κόσμε, 世界, 🐍! ".repeat(29) + "Grüße, "),
  BYTES_1K(() -> bytes(1 << 10)),
  BYTES_1M(() -> bytes(1 << 20));

  private final Supplier<Object> value;

  Shape(Supplier<Object> value) {
    this.value = value;
  }

  /** The value, made anew. */
  public Object value() {
    return value.get();
  }

  private static Map<String, Object> record(long id) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("id", id);
    record.put("name", "worker-" + id);
    record.put("ok", true);
    record.put("score", 0.5);
    record.put("tags", new ArrayList<>(List.of("a", "b", "c")));
    return record;
  }

  private static List<Object> records(int count) {
    return new ArrayList<>(IntStream.range(0, count).mapToObj(Shape::record).toList());
  }

  private static String ascii(int length) {
    String sentence = "The quick brown fox jumps over the lazy dog, again. ";
    return sentence.repeat(length / sentence.length() + 1).substring(0, length);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
