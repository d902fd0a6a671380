package io.execnet.cli;

import io.execnet.cli.MapItems.BadLine;
import io.execnet.reactive.MapJob;
import io.execnet.reactive.MapResult;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeoutException;

/** One run of {@code execnet map}: what comes of each item, to standard output. */
final class MapRun {

  private final MapJob job;
  private final Diagnostics diagnostics;
  private final JsonLines lines;
  private final LineReader input;
  private final MapItems items;
  private final MapProgress progress;
  private final Inbox<Event> inbox = new Inbox<>();

  /** Lines that were no items, until the items before them are done. */
  private final Queue<BadLine> bad = new ArrayDeque<>();

  /** How many items of the job have ended. */
  private long ended;

  private long failed;

  MapRun(Console console, MapJob job, InputStream in, long inputBytes) {
    this.job = job;
    diagnostics = console.diagnostics();
    lines = new JsonLines(console);
    input = new LineReader(in);
    items = new MapItems(input, line -> inbox.add(new Unreadable(line)));
    progress = MapProgress.start(console, input::bytesRead, inputBytes);
  }

  private sealed interface Event {}

  private record Mapped(MapResult result) implements Event {}

  private record Unreadable(BadLine line) implements Event {}

  int in(Session session) throws InterruptedException, TimeoutException {
    try (progress) {
      session.runs(inbox::cancel);
      job.run(session.group(), items.flux()).<Event>map(Mapped::new).subscribe(inbox);
      while (true) {
        Optional<Event> event = inbox.next(lines::flush, null);
        if (event.isEmpty()) {
          break;
        }
        handle(event.get());
      }
      bad.forEach(this::print);
      lines.flush();
    }
    return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void handle(Event event) {
    if (event instanceof Unreadable unreadable) {
      bad.add(unreadable.line());
    } else if (event instanceof Mapped mapped) {
      print(mapped.result());
    }
    while (!bad.isEmpty() && (!job.ordered() || bad.element().itemsBefore() <= ended)) {
      print(bad.remove());
    }
  }

  private void print(MapResult result) {
    if (result instanceof MapResult.Value value) {
      try {
        lines.addValue(value.value());
      } catch (ValueJsonException e) {
        diagnostics.failure(e);
        failed(String.valueOf(e.getMessage()), value.item());
      }
    } else if (result instanceof MapResult.Completed) {
      ended++;
      progress.done();
    } else if (result instanceof MapResult.Failed failure) {
      ended++;
      lines.flush();
      print(failure);
    }
  }

  private void print(MapResult.Failed failure) {
    Throwable error =
        failure.error() instanceof TimeoutException
            ? new TimeoutException("the item took longer than " + Durations.text(job.timeout()))
            : failure.error();
    diagnostics.failure(failure.gatewayId(), error);
    failed(Failures.firstLine(error), failure.item());
  }

  private void print(BadLine line) {
    items.handled();
    lines.flush();
    diagnostics.say(line.problem());
    failed(line.problem(), line.text());
  }

  private void failed(String error, Object item) {
    failed++;
    progress.failed();
    lines.addError(error, item);
  }
}
