package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SocketServerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LENGTH = 1_000_000;

  /** Stands for a server that logs a line which does not end for long, and another. */
  private static final String PROGRAM =
      "read program; echo 127.0.0.1:1; head -c "
          + LENGTH
          + " /dev/zero | tr \"\\0\" x >&2; echo >&2; echo last >&2; cat";

  @Test
  void readsItsLogWhateverIsInItAndWhoeverTakesIt() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    SocketServer server =
        SocketServer.start(
                XSpec.parse("popen//python=sh -c '" + PROGRAM + "'"),
                List.of(),
                line -> {
                  lines.add(line);
                  throw new IllegalStateException("a consumer that fails");
                })
            .block(PATIENCE);
    try {
      int length = 0;
      while (length < LENGTH) {
        String part = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(part).hasSizeLessThan(LENGTH / 10);
        length += part.length();
      }
      assertThat(lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("last");
    } finally {
      server.close();
    }
  }
}
