package io.execnet.transport;

import io.execnet.core.worker.WorkerProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The Python program that transports are tested against: it speaks bytes instead of frames. */
public final class PeerProgram {

  private PeerProgram() {}

  /** The line that starts it in a bare interpreter, with the same arguments as a worker's. */
  public static String bootstrapLine(List<String> arguments) {
    try (InputStream in = PeerProgram.class.getResourceAsStream("peer.py")) {
      String program = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return WorkerProgram.bootstrapLine(program, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
