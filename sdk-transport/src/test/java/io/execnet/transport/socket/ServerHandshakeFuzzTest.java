package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.execnet.testing.ProcessState;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * As {@link HandshakeFuzzTest}, from the other side: Jazzer's search for a client that a socket
 * server lets in without the token or executes anything for, or that breaks it. The client may know
 * the token, and may nearly know it. Jazzer does not see what its bytes reach in Python.
 */
class ServerHandshakeFuzzTest {

  private static final Token TOKEN = Token.of(ServerUnderTest.TOKEN, "a test");
  private static final byte[] UNCHANGED = {};
  private static final int CLIENTS_PER_GOOD_ONE = 50;

  private static ServerUnderTest server;
  private static List<String> heldBefore;
  private static int clients;

  @BeforeAll
  static void startServer() throws IOException {
    server = ServerUnderTest.start();
    serveAGoodOne(); // whatever is loaded on first use stays from now on
    heldBefore = server.held();
  }

  @AfterAll
  static void leavesNothing() throws IOException {
    try {
      serveAGoodOne();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                assertThat(server.workers()).isEmpty();
                assertThat(ProcessState.minus(server.held(), heldBefore)).isEmpty();
              });
      assertThat(server.log().lines())
          .allMatch(line -> line.matches("execnet socketserver: refused [\\w .]+(: it [\\w ]+)?"));
    } finally {
      server.close();
    }
  }

  @FuzzTest
  void executesNothing(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      return;
    }
    // Jazzer finds fault with any other
    BugDetectors.allowNetworkConnections((host, port) -> port == server.port());
    byte[] any = Arrays.copyOfRange(bytes, 1, bytes.length);
    try (AnyClient client = new AnyClient(server.port(), TOKEN)) {
      boolean knowsTheToken = false;
      switch (bytes[0] & 3) {
        case 0 -> client.say(any);
        case 1 -> knowsTheToken = client.answer(any);
        default -> {
          knowsTheToken = client.answer(UNCHANGED);
          client.say(AnyClient.bytes("[")); // so it is no program, whatever follows
          client.say(any);
        }
      }
      assertThat(client.hear()).isEqualTo((knowsTheToken ? client.welcome() : "") + "refused\n");
    }
    if (++clients % CLIENTS_PER_GOOD_ONE == 0) {
      serveAGoodOne();
    }
  }

  private static void serveAGoodOne() throws IOException {
    try (AnyClient client = new AnyClient(server.port(), TOKEN)) {
      client.answer(UNCHANGED);
      client.say(AnyClient.bytes("\"clientsock.sendall(b'hello')\"\n"));
      assertThat(client.hear()).isEqualTo(client.welcome() + "hello");
    }
  }
}
