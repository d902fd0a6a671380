package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.execnet.core.BootstrapException;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Received;
import java.time.Duration;
import java.util.Arrays;
import reactor.core.publisher.Mono;

/**
 * Jazzer's search for a server that gets past the {@link TokenHandshake}, or breaks it: it is
 * whoever it likes to be, and may know how the handshake begins, and even the token.
 */
class HandshakeFuzzTest {

  private static final Token TOKEN = Token.of("00112233445566778899aabbccddeeff", "a test");

  @FuzzTest
  void trustsNobody(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    boolean greets = (bytes[0] & 1) != 0;
    boolean knowsTheToken = greets && (bytes[0] & 2) != 0;
    AnyServer server =
        new AnyServer(TOKEN, greets, knowsTheToken, Arrays.copyOfRange(bytes, 1, bytes.length));
    Mono<Connection> handshake =
        TokenHandshake.run(server, "it", TOKEN, Deadline.in(Duration.ofMinutes(1)));

    if (knowsTheToken) {
      Received received = Received.from(handshake.blockOptional().orElseThrow());
      assertThat(received.bytes()).isEqualTo(server.any);
      assertThat(server.killed).isFalse();
    } else {
      assertThatExceptionOfType(BootstrapException.class).isThrownBy(handshake::block);
      assertThat(server.killed).isTrue();
    }
    assertThat(server.heard.toString()).matches("([0-9a-f]{64} [0-9a-f]{64}\n)?");
  }
}
