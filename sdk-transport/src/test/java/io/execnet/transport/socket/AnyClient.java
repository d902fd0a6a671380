package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that has read a socket server's challenge, and says anything. */
final class AnyClient implements AutoCloseable {

  private static final int PATIENCE = (int) Duration.ofSeconds(30).toMillis();
  private static final String NONCE = "c".repeat(64);

  private final Token token;
  private final Socket socket;
  private final String challenge;

  AnyClient(int port, Token token) throws IOException {
    this.token = token;
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE);
    socket.setTcpNoDelay(true);
    InputStream in = socket.getInputStream();
    String greeting = text(in.readNBytes(Token.GREETING.length() + 1 + 64 + 1));
    assertThat(greeting).matches(Token.GREETING + " [0-9a-f]{64}\n");
    challenge = greeting.substring(greeting.lastIndexOf(' ') + 1).strip();
  }

  /**
   * Answers the challenge.
   *
   * @param changes to the bytes of the answer; none where they are 0
   * @return whether it is the right answer still
   */
  boolean answer(byte[] changes) throws IOException {
    String right = NONCE + " " + token.proof("client", challenge, NONCE);
    byte[] answer = bytes(right);
    for (int i = 0; i < changes.length; i++) {
      answer[i % answer.length] ^= changes[i];
    }
    say(answer);
    say(bytes("\n"));
    return text(answer).equals(right);
  }

  /** What a server that knows the token says to the right answer. */
  String welcome() {
    return "ok " + token.proof("server", challenge, NONCE) + "\n";
  }

  /** Says that, split somewhere. */
  void say(byte[] any) throws IOException {
    int split = any.length == 0 ? 0 : Math.floorMod(any[0], any.length);
    socket.getOutputStream().write(any, 0, split);
    socket.getOutputStream().write(any, split, any.length - split);
  }

  /** Says no more; what comes then, to the end. */
  String hear() throws IOException {
    socket.shutdownOutput();
    return text(socket.getInputStream().readAllBytes());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
