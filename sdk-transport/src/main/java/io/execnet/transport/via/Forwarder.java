package io.execnet.transport.via;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The program that relays on the hop, and the numbers that it and we have agreed on. */
final class Forwarder {

  /** So many bytes may be on their way in each direction that nobody has asked for yet. */
  static final int WINDOW = 256 * 1024;

  /** The same for standard error. */
  static final int ERRORS_WINDOW = WINDOW / 4;

  static final String FUNCTION = "forward";

  // what it tells
  static final int STARTED = 0;
  static final int NOT_FOUND = 1;
  static final int NOT_REACHED = 2;
  static final int FAILED = 3;
  static final int WRITTEN = 4;
  static final int ERRORS = 5;
  static final int OUTPUT_ENDED = 6;
  static final int ERRORS_ENDED = 7;
  static final int EXITED = 8;

  // what it is told
  static final int OUTPUT_CREDIT = 0;
  static final int ERRORS_CREDIT = 1;
  static final int CLOSE = 2;
  static final int KILL = 3;
  static final int ENDED = 4;

  private static final String SOURCE = read();

  private Forwarder() {}

  /** Read when this class is first used, on a thread that may block. */
  static String source() {
    return SOURCE;
  }

  private static String read() {
    try (InputStream in = Forwarder.class.getResourceAsStream("forwarder.py")) {
      if (in == null) {
        throw new IllegalStateException(
            "missing from the jar: io/execnet/transport/via/forwarder.py");
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
