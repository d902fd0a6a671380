package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Opens connections that go nowhere, notes what happens to them, and lets a test decide when. */
final class FakeTransport implements Transport {

  /** {@code open a}, {@code close a}, {@code kill a}, {@code cancel a}, as they happened. */
  final List<String> events = new CopyOnWriteArrayList<>();

  /** Workers that open only when {@link #opened} says so. */
  final Set<String> slowToOpen = new HashSet<>();

  /** Workers that end only when {@link #exited} says so, or when they are killed. */
  final Set<String> slowToExit = new HashSet<>();

  /** Workers of which nothing is heard when they are killed. */
  final Set<String> silent = new HashSet<>();

  /** Workers that can't be opened. */
  final Set<String> broken = new HashSet<>();

  private final Map<String, Sinks.Empty<Void>> openings = new HashMap<>();
  private final Map<String, FakeWorker> workers = new HashMap<>();

  @Override
  public Mono<Connection> open(XSpec spec, String id, TransportOptions options) {
    return Mono.defer(
        () -> {
          events.add("open " + id);
          Sinks.Empty<Void> opening = openings.computeIfAbsent(id, key -> Sinks.empty());
          if (!slowToOpen.contains(id)) {
            opening.tryEmitEmpty();
          }
          return opening
              .asMono()
              .doOnCancel(() -> events.add("cancel " + id))
              .then(Mono.fromCallable(() -> start(id)));
        });
  }

  private Connection start(String id) {
    if (broken.contains(id)) {
      throw new BootstrapException(BootstrapException.Reason.EXITED, "it ended", "", null);
    }
    FakeWorker worker = new FakeWorker(id);
    workers.put(id, worker);
    return worker;
  }

  void opened(String id) {
    openings.get(id).tryEmitEmpty();
  }

  void exited(String id) {
    workers.get(id).exit.tryEmitValue(ExitStatus.ofCode(0));
    workers.get(id).handler.onClosed(null);
  }

  /** Its connection ends, and nothing will be known of the worker. */
  void disconnected(String id, @Nullable IOException cause) {
    disconnects(id, cause);
    workers.get(id).exit.tryEmitEmpty();
  }

  /** Its connection ends. */
  void disconnects(String id, @Nullable IOException cause) {
    workers.get(id).handler.onClosed(cause);
  }

  /** Takes what has happened so far. */
  List<String> takeEvents() {
    List<String> taken = new ArrayList<>(events);
    events.clear();
    return taken;
  }

  private final class FakeWorker extends FakeConnection {

    private final String id;
    private final Sinks.One<ExitStatus> exit = Sinks.one();

    FakeWorker(String id) {
      this.id = id;
    }

    @Override
    public void close() {
      events.add("close " + id);
      if (!slowToExit.contains(id)) {
        exited(id);
      }
    }

    @Override
    public void kill() {
      events.add("kill " + id);
      if (silent.contains(id)) {
        return;
      }
      exit.tryEmitValue(new ExitStatus(137, "SIGKILL"));
    }

    @Override
    public Mono<ExitStatus> exitStatus() {
      return exit.asMono();
    }
  }
}
