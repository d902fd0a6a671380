package io.execnet.transport.bootstrap;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker program finds its streams.
 *
 * @param connect the Unix socket that it is to connect back to; null, or one that it can't reach:
 *     it serves the stream that the program came on
 * @param framed which of the descriptors 1 and 2 have no stream of their own, or none that leaves
 *     others alone, when the worker serves the stream that the program came on, so that what is
 *     printed there comes as frames
 * @param answer what the program writes when it is there
 */
public record WorkerStreams(@Nullable Path connect, List<Integer> framed, String answer) {

  /** The answer of the execnet protocol, for streams on which nobody else writes. */
  public static final String PLAIN_ANSWER = "1";

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * An answer that nobody else writes by chance, for streams on which a shell's profile or a login
   * message may come first.
   */
  public static String markedAnswer() {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return "<execnet worker " + HexFormat.of().formatHex(random) + ">";
  }
}
