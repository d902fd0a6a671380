package io.execnet.benchmarks.transport;

import java.util.List;

/** What contenders do: so many of these. */
record Workload(String title, Kind kind, Item item, int count) {

  private static final Workload UPLOAD_INTS =
      new Workload("ints to the worker", Kind.UPLOAD, Item.INT, 50_000);
  private static final Workload DOWNLOAD_INTS =
      new Workload("ints from the worker", Kind.DOWNLOAD, Item.INT, 50_000);
  private static final Workload UPLOAD_64K =
      new Workload("64 KiB of bytes to the worker", Kind.UPLOAD, Item.BYTES_64K, 2_000);
  private static final Workload DOWNLOAD_64K =
      new Workload("64 KiB of bytes from the worker", Kind.DOWNLOAD, Item.BYTES_64K, 2_000);
  private static final Workload ROUND_TRIP =
      new Workload("round trip of an int", Kind.ROUND_TRIP, Item.INT, 3_000);

  /** What moves items over a gateway that is open. */
  static final List<Workload> STREAMS =
      List.of(
          UPLOAD_INTS,
          DOWNLOAD_INTS,
          new Workload("dicts to the worker", Kind.UPLOAD, Item.RECORD, 20_000),
          new Workload("dicts from the worker", Kind.DOWNLOAD, Item.RECORD, 20_000),
          new Workload("lists of 1,000 ints to the worker", Kind.UPLOAD, Item.INTS_1000, 1_000),
          new Workload("lists of 1,000 ints from the worker", Kind.DOWNLOAD, Item.INTS_1000, 1_000),
          new Workload("1 KB of bytes to the worker", Kind.UPLOAD, Item.BYTES_1K, 20_000),
          new Workload("1 KB of bytes from the worker", Kind.DOWNLOAD, Item.BYTES_1K, 20_000),
          UPLOAD_64K,
          DOWNLOAD_64K,
          new Workload("1 MB of bytes to the worker", Kind.UPLOAD, Item.BYTES_1M, 200),
          new Workload("1 MB of bytes from the worker", Kind.DOWNLOAD, Item.BYTES_1M, 200));

  /** One after the other, and many at a time. */
  static final List<Workload> CALLS =
      List.of(
          ROUND_TRIP,
          new Workload("round trip of an int, 99th percentile", Kind.TAIL, Item.INT, 3_000),
          new Workload("64 ints under way at a time", Kind.PIPELINE, Item.INT, 6_400),
          new Workload("remote_exec of a line", Kind.EXEC, Item.INT, 500),
          new Workload("64 remote_exec at a time", Kind.EXEC_64, Item.INT, 1_280));

  /** Some of both over SSH. */
  static final List<Workload> SSH_STREAMS =
      List.of(UPLOAD_64K, DOWNLOAD_64K, UPLOAD_INTS, DOWNLOAD_INTS, ROUND_TRIP);

  static final Workload START =
      new Workload("start 20 gateways, without their closing", Kind.START, Item.INT, 20);
  static final Workload OPEN =
      new Workload("open 20 gateways, run a line on each, close them", Kind.OPEN, Item.INT, 20);

  static final int AT_ONCE = 64;

  /** What a frame takes that holds an int. */
  static final int INT_FRAME = 15;

  /** The names are also those of the remote sources; the tail is one of round trips. */
  enum Kind {
    UPLOAD,
    DOWNLOAD,
    ROUND_TRIP,
    TAIL,
    PIPELINE,
    EXEC,
    EXEC_64,
    START,
    OPEN
  }

  /** The same of so many hundredths of the items, for a look at it. */
  Workload percent(int share) {
    int least = kind == Kind.PIPELINE || kind == Kind.EXEC_64 ? AT_ONCE : 1;
    return new Workload(title, kind, item, Math.max(least, count * share / 100));
  }

  /** What all items take on the way, without the headers of large ones. */
  long bytes() {
    return (long) (item == Item.INT ? INT_FRAME : item.size()) * count;
  }

  /** How that many seconds read: a rate, or where one waits for the other the time of one. */
  String rate(double seconds) {
    return switch (kind) {
      case START, OPEN -> "%.1f ms".formatted(seconds / count * 1e3);
      case ROUND_TRIP, TAIL, EXEC -> "%.1f µs".formatted(seconds / count * 1e6);
      case PIPELINE, EXEC_64 -> "%,.0f/s".formatted(count / seconds);
      case UPLOAD, DOWNLOAD ->
          "%,.0f MB/s, %,.0f items/s".formatted(bytes() / seconds / 1e6, count / seconds);
    };
  }
}
