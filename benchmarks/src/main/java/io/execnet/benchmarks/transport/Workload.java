package io.execnet.benchmarks.transport;

import java.util.List;

/** What contenders do: so many items one after the other, of so many bytes each. */
enum Workload {
  UPLOAD_64K("64 KiB to the worker", Kind.UPLOAD, 64 << 10, 2_000),
  DOWNLOAD_64K("64 KiB from the worker", Kind.DOWNLOAD, 64 << 10, 2_000),
  UPLOAD_1K("1 KB to the worker", Kind.UPLOAD, 1_000, 20_000),
  DOWNLOAD_1K("1 KB from the worker", Kind.DOWNLOAD, 1_000, 20_000),
  ROUND_TRIP("round trip of an int", Kind.ROUND_TRIP, 0, 3_000),
  OPEN("open a gateway, run a line, close it", Kind.OPEN, 0, 10);

  /** What moves items over a gateway that is open. */
  static final List<Workload> STREAMS =
      List.of(UPLOAD_64K, DOWNLOAD_64K, UPLOAD_1K, DOWNLOAD_1K, ROUND_TRIP);

  /** Which way the items go; the names are also those of the remote sources. */
  enum Kind {
    UPLOAD,
    DOWNLOAD,
    ROUND_TRIP,
    OPEN
  }

  private final String title;
  private final Kind kind;
  private final int size;
  private final int count;

  Workload(String title, Kind kind, int size, int count) {
    this.title = title;
    this.kind = kind;
    this.size = size;
    this.count = count;
  }

  String title() {
    return title;
  }

  Kind kind() {
    return kind;
  }

  int size() {
    return size;
  }

  int count() {
    return count;
  }

  /** How that many seconds read: a rate, or for round trips and gateways the time of one. */
  String rate(double seconds) {
    if (kind == Kind.OPEN) {
      return "%.1f ms".formatted(seconds / count * 1e3);
    }
    if (kind == Kind.ROUND_TRIP) {
      return "%.1f µs".formatted(seconds / count * 1e6);
    }
    return "%,.0f MB/s, %,.0f items/s".formatted(size / seconds * count / 1e6, count / seconds);
  }
}
