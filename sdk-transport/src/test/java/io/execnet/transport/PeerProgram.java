package io.execnet.transport;

import io.execnet.core.worker.WorkerProgram;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Python program that transports are tested against: it speaks bytes instead of frames. */
public final class PeerProgram {

  private PeerProgram() {}

  /** What starts it where the worker program would be, with this in its environment. */
  public static BootstrapLine line(Map<String, String> environment) {
    return (spec, id, streams) -> {
      List<String> arguments = new ArrayList<>(BootstrapLine.arguments(id, "thread", streams));
      environment.forEach((name, value) -> arguments.add("--env=" + name + "=" + value));
      return WorkerProgram.bootstrapLine(source(), arguments);
    };
  }

  private static String source() {
    try (InputStream in = PeerProgram.class.getResourceAsStream("peer.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
