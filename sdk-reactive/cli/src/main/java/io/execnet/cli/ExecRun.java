package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.PythonSource;
import io.execnet.reactive.RemoteExec;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One run of {@code execnet exec}: the same source on every gateway. */
final class ExecRun {

  private final List<Target> targets;
  private final PythonSource source;
  private final Map<String, @Nullable Object> kwargs;
  private final boolean raw;
  private final @Nullable Duration timeout;

  private final Diagnostics diagnostics;
  private final JsonLines lines;
  private final Inbox<Event> inbox = new Inbox<>();
  private final Set<String> running = new LinkedHashSet<>();
  private int status = ExitCode.OK;

  ExecRun(
      Console console,
      List<Target> targets,
      PythonSource source,
      Map<String, @Nullable Object> kwargs,
      boolean raw,
      @Nullable Duration timeout) {
    this.targets = targets;
    this.source = source;
    this.kwargs = kwargs;
    this.raw = raw;
    this.timeout = timeout;
    diagnostics = console.diagnostics();
    lines = new JsonLines(console);
    targets.forEach(target -> running.add(target.id()));
  }

  /** What a gateway did. */
  private sealed interface Event {
    String gateway();
  }

  private record Sent(String gateway, Object item) implements Event {}

  private record Ended(String gateway, @Nullable Throwable error) implements Event {}

  int in(Session session) throws InterruptedException {
    session.runs(inbox::cancel);
    Long deadline = timeout == null ? null : System.nanoTime() + timeout.toNanos();
    try {
      List<Gateway> gateways = session.open(targets, timeout);
      Flux.fromIterable(gateways)
          .flatMap(this::events, gateways.size(), Inbox.AHEAD)
          .subscribe(inbox);
      while (true) {
        Optional<Event> event = inbox.next(lines::flush, deadline);
        if (event.isEmpty()) {
          lines.flush();
          return status;
        }
        handle(event.get());
      }
    } catch (TimeoutException e) {
      return timedOut(session);
    } catch (RuntimeException e) {
      if (Exceptions.unwrap(e) instanceof TimeoutException) {
        return timedOut(session);
      }
      throw e;
    }
  }

  private Flux<Event> events(Gateway gateway) {
    RemoteExec exec = gateway.remoteExec(source);
    RemoteExec called = kwargs.isEmpty() ? exec : exec.function("run", kwargs);
    return called
        .receive()
        .<Event>map(item -> new Sent(gateway.id(), item))
        .concatWith(Mono.just(new Ended(gateway.id(), null)))
        .onErrorResume(error -> Mono.just(new Ended(gateway.id(), error)));
  }

  private void handle(Event event) {
    if (event instanceof Sent sent) {
      print(sent);
    } else if (event instanceof Ended ended) {
      running.remove(ended.gateway());
      if (ended.error() != null) {
        status = ExitCode.FAILED;
        lines.flush();
        diagnostics.failure(ended.gateway(), ended.error());
      }
    }
  }

  private void print(Sent sent) {
    try {
      if (raw) {
        lines.addValue(sent.item());
        return;
      }
      lines.add(
          json -> {
            json.writeStartObject();
            json.writeStringProperty("gateway", sent.gateway());
            json.writeName("item");
            ValueWriter.write(json, sent.item());
            json.writeEndObject();
          });
    } catch (ValueJsonException e) {
      status = ExitCode.FAILED;
      diagnostics.failure(sent.gateway(), e);
    }
  }

  private int timedOut(Session session) {
    lines.flush();
    running.forEach(
        id ->
            diagnostics.say(
                id, "still running after " + Durations.text(timeout) + ", interrupted"));
    session.interrupt();
    return ExitCode.FAILED;
  }
}
