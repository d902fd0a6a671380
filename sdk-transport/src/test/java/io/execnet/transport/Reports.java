package io.execnet.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** What peers say of themselves in files, where their standard error may be held back. */
public final class Reports {

  private final Map<Connection, Path> files = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  /**
   * Opens a connection to a peer that reports to a file in this folder.
   *
   * @param opening opens it with an environment, which is the given one and {@code REPORT}
   */
  public Mono<Connection> open(
      Path folder,
      Map<String, String> environment,
      Function<Map<String, String>, Mono<Connection>> opening) {
    return Mono.defer(
        () -> {
          Path report = folder.resolve("report-" + count.incrementAndGet());
          Map<String, String> all = new HashMap<>(environment);
          all.put("REPORT", report.toString());
          return opening.apply(all).doOnNext(connection -> files.put(connection, report));
        });
  }

  /** What the peer at the other end said up to now. */
  public String of(Connection connection) {
    Path report = files.get(connection);
    try {
      return Files.exists(report) ? Files.readString(report) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
