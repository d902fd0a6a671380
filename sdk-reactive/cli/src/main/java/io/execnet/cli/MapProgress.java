package io.execnet.cli;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** How a map goes on, as the last line of a terminal; where there is none, nothing. */
final class MapProgress implements AutoCloseable {

  private static final int UPDATE_MILLIS = 200;
  private static final int BAR_COLUMNS = 20;

  private final Diagnostics diagnostics;
  private final LongSupplier bytesRead;
  private final long bytes;
  private final long start = System.nanoTime();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final @Nullable ProgressBar bar;

  private MapProgress(Console console, LongSupplier bytesRead, long bytes) {
    diagnostics = console.diagnostics();
    this.bytesRead = bytesRead;
    this.bytes = bytes;
    bar = console.terminal().isError() ? bar(console.terminal().columns()) : null;
  }

  /**
   * Starts to show it, if standard error is a terminal.
   *
   * @param bytesRead how much of the input was read by now
   * @param bytes how long the input is, or -1 if nobody knows
   */
  static MapProgress start(Console console, LongSupplier bytesRead, long bytes) {
    return new MapProgress(console, bytesRead, bytes);
  }

  /** An item is done. */
  void done() {
    done.incrementAndGet();
  }

  /** An item has failed. */
  void failed() {
    failed.incrementAndGet();
  }

  /** Leaves the final numbers on the terminal. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      diagnostics.status("");
      diagnostics.say(counts(seconds()));
    }
  }

  private ProgressBar bar(int columns) {
    return new ProgressBarBuilder()
        .setRenderer((state, length) -> fit(text(seconds(), bytesRead.getAsLong()), columns - 1))
        .setConsumer(new DelegatingProgressBarConsumer(diagnostics::status, columns))
        .continuousUpdate() // it counts nothing itself, so it would see no reason to
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .build();
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private static String fit(String text, int columns) {
    return text.length() <= columns ? text : text.substring(0, columns);
  }

  /** The line, after so many seconds and bytes. */
  String text(double seconds, long read) {
    if (bytes <= 0) {
      return counts(seconds);
    }
    double part = Math.min(1, (double) read / bytes);
    int filled = (int) (part * BAR_COLUMNS);
    String left = part == 0 ? "" : ", " + clock(seconds / part - seconds) + " left";
    return String.format(Locale.ROOT, "%3d%% [", (int) (100 * part))
        + "=".repeat(filled)
        + " ".repeat(BAR_COLUMNS - filled)
        + "] "
        + counts(seconds)
        + left;
  }

  private String counts(double seconds) {
    long ended = done.get() + failed.get();
    double rate = seconds > 0 ? ended / seconds : 0;
    return String.format(
        Locale.ROOT,
        "%,d done, %,d failed, %s/s",
        done.get(),
        failed.get(),
        rate < 10
            ? String.format(Locale.ROOT, "%.1f", rate)
            : String.format(Locale.ROOT, "%,.0f", rate));
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
