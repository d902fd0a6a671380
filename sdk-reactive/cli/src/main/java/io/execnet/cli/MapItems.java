package io.execnet.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The items of a map: one JSON value a line, read when a worker is free for it. Lines that are none
 * go another way, past the workers; a few of them may wait there, then reading does.
 */
final class MapItems {

  private static final int MAX_WAITING = 64;

  /**
   * A line that is no item.
   *
   * @param itemsBefore how many items came before it
   * @param text the line
   * @param problem the line's number, and what is wrong with it
   */
  record BadLine(long itemsBefore, String text, String problem) {}

  private final LineReader lines;
  private final Consumer<BadLine> bad;
  private final Semaphore waiting = new Semaphore(MAX_WAITING);
  private long items;

  MapItems(LineReader lines, Consumer<BadLine> bad) {
    this.lines = lines;
    this.bad = bad;
  }

  /** The items, each line read on a thread of its own when it is requested. */
  Flux<Object> flux() {
    Scheduler thread = Schedulers.newSingle("execnet-input", true);
    return Flux.generate(this::next).subscribeOn(thread).doFinally(signal -> thread.dispose());
  }

  /** Says that a bad line waits no longer. */
  void handled() {
    waiting.release();
  }

  private void next(SynchronousSink<Object> sink) {
    try {
      for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
        Object item = item(line);
        if (item != null) {
          items++;
          sink.next(item);
          return;
        }
      }
      sink.complete();
    } catch (IOException e) {
      sink.error(new UncheckedIOException("can't read the input", e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      sink.complete();
    }
  }

  private @Nullable Object item(LineReader.Line line) throws InterruptedException {
    String problem = line.problem();
    if (problem == null) {
      if (line.text().isBlank()) {
        return null;
      }
      try {
        return ValueReader.readItem(line.text());
      } catch (ValueJsonException e) {
        problem = e.getMessage();
      }
    }
    waiting.acquire();
    bad.accept(new BadLine(items, line.text(), "line " + line.number() + ": " + problem));
    return null;
  }
}
