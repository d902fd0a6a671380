package io.execnet.transport.socket;

import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.IdleConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A connection to a server that says anything, and then closes. */
final class AnyServer extends IdleConnection {

  private static final String NONCE = "5".repeat(64);

  private final Token token;
  private final boolean greets;
  private final boolean knowsTheToken;

  /** What it says when it has nothing left to say that it should. */
  final byte[] any;

  /** What the client said. */
  final StringBuilder heard = new StringBuilder();

  boolean killed;

  AnyServer(Token token, boolean greets, boolean knowsTheToken, byte[] any) {
    this.token = token;
    this.greets = greets;
    this.knowsTheToken = knowsTheToken;
    this.any = any;
  }

  @Override
  public void start(ConnectionHandler handler) {
    if (greets) {
      say(handler, Token.GREETING + " " + NONCE + "\n");
    }
    if (knowsTheToken) {
      say(handler, "ok " + token.proof("server", NONCE, heard.substring(0, 64)) + "\n");
    }
    // split somewhere
    int split = any.length == 0 ? 0 : Math.floorMod(any[0], any.length);
    handler.onBytes(ByteBuffer.wrap(any, 0, split));
    handler.onBytes(ByteBuffer.wrap(any, split, any.length - split));
    handler.onClosed(null);
  }

  private static void say(ConnectionHandler handler, String line) {
    handler.onBytes(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void write(ByteBuffer bytes) {
    heard.append(StandardCharsets.US_ASCII.decode(bytes));
  }

  @Override
  public void kill() {
    killed = true;
  }
}
