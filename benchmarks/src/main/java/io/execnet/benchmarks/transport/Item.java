package io.execnet.benchmarks.transport;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What is sent, as Python and as Java write it. */
enum Item {
  INT("1", 5, 1L),
  RECORD(
      "{'id': 7, 'name': 'worker-7', 'ok': True, 'score': 0.5, 'tags': ['a', 'b', 'c']}",
      100,
      record()),
  INTS_1000("list(range(1000))", 5_000, LongStream.range(0, 1000).boxed().toList()),
  BYTES_1K("b'x' * 1000", 1_000, new byte[1_000]),
  BYTES_64K("b'x' * 65536", 1 << 16, new byte[1 << 16]),
  BYTES_1M("b'x' * 1000000", 1_000_000, new byte[1_000_000]);

  private final String python;
  private final int size;
  private final Object value;

  Item(String python, int size, Object value) {
    this.python = python;
    this.size = size;
    this.value = value;
  }

  private static Map<String, Object> record() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("id", 7L);
    record.put("name", "worker-7");
    record.put("ok", true);
    record.put("score", 0.5);
    record.put("tags", List.of("a", "b", "c"));
    return record;
  }

  /** An expression. */
  String python() {
    return python;
  }

  Object value() {
    return value;
  }

  /** About so many bytes travel for each, headers aside. */
  int size() {
    return size;
  }
}
