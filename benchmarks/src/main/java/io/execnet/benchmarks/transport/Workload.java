package io.execnet.benchmarks.transport;

import java.util.List;

/**
 * What contenders do: so many items one after the other, of so many bytes each.
 *
 * @param size the bytes of an item; 0 for a small int
 */
record Workload(String title, Kind kind, int size, int count) {

  private static final Workload UPLOAD_64K =
      new Workload("64 KiB to the worker", Kind.UPLOAD, 64 << 10, 2_000);
  private static final Workload DOWNLOAD_64K =
      new Workload("64 KiB from the worker", Kind.DOWNLOAD, 64 << 10, 2_000);
  private static final Workload UPLOAD_INTS =
      new Workload("ints to the worker", Kind.UPLOAD, 0, 50_000);
  private static final Workload DOWNLOAD_INTS =
      new Workload("ints from the worker", Kind.DOWNLOAD, 0, 50_000);
  private static final Workload ROUND_TRIP =
      new Workload("round trip of an int", Kind.ROUND_TRIP, 0, 3_000);

  /** What moves items over a gateway that is open. */
  static final List<Workload> STREAMS =
      List.of(
          UPLOAD_64K,
          DOWNLOAD_64K,
          new Workload("1 KB to the worker", Kind.UPLOAD, 1_000, 20_000),
          new Workload("1 KB from the worker", Kind.DOWNLOAD, 1_000, 20_000),
          UPLOAD_INTS,
          DOWNLOAD_INTS,
          ROUND_TRIP);

  /** The same over SSH. */
  static final List<Workload> SSH_STREAMS =
      List.of(UPLOAD_64K, DOWNLOAD_64K, UPLOAD_INTS, DOWNLOAD_INTS, ROUND_TRIP);

  static final Workload OPEN =
      new Workload("open 20 gateways, run a line on each, close them", Kind.OPEN, 0, 20);

  /** What a frame takes that holds an int. */
  static final int INT_FRAME = 15;

  /** Which way the items go; the names are also those of the remote sources. */
  enum Kind {
    UPLOAD,
    DOWNLOAD,
    ROUND_TRIP,
    OPEN
  }

  /** What all items take on the way, without the headers of large ones. */
  long bytes() {
    return (long) (size == 0 ? INT_FRAME : size) * count;
  }

  /** How that many seconds read: a rate, or for round trips the time of one. */
  String rate(double seconds) {
    return switch (kind) {
      case OPEN -> "%.1f gateways/s".formatted(count / seconds);
      case ROUND_TRIP -> "%.1f µs".formatted(seconds / count * 1e6);
      case UPLOAD, DOWNLOAD ->
          "%,.0f MB/s, %,.0f items/s".formatted(bytes() / seconds / 1e6, count / seconds);
    };
  }
}
