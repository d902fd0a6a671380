package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The Python files beside this class. */
final class RemoteSource {

  private RemoteSource() {}

  /** What runs on the worker, the same for every contender. */
  static String of(Workload.Kind kind) {
    Workload.Kind same =
        switch (kind) {
          case TAIL -> Workload.Kind.ROUND_TRIP;
          case START -> Workload.Kind.OPEN;
          default -> kind;
        };
    return read(same.name().toLowerCase(Locale.ROOT) + ".py");
  }

  static String read(String name) {
    try (InputStream in = RemoteSource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
