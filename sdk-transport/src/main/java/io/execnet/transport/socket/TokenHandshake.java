package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Deadline;
import io.execnet.transport.bootstrap.BootstrappedConnection;
import io.execnet.transport.bootstrap.Quoted;
import io.execnet.transport.output.BlockingWork;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Client and socket server show each other that they know one token, over a stream on which nothing
 * has been said. Its state lives on the stream's event loop.
 */
public final class TokenHandshake implements ConnectionHandler {

  private static final int MAX_LINE = 256;
  private static final String REFUSED = "refused";

  private static final String MAYBE_NO_TOKEN =
      ": does it know tokens? Stock execnet's server and one with --no-token don't; leave the token"
          + " out for those";

  private final Connection raw;
  private final String shown;
  private final Token token;
  private final Deadline deadline;
  private final MonoSink<Connection> sink;
  private final Disposable.Swap timer = Disposables.swap();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String nonce = "";
  private @Nullable String serverNonce;
  private @Nullable BootstrappedConnection passed;
  private boolean decided;

  private TokenHandshake(
      Connection raw, String shown, Token token, Deadline deadline, MonoSink<Connection> sink) {
    this.raw = raw;
    this.shown = shown;
    this.token = token;
    this.deadline = deadline;
    this.sink = sink;
  }

  /**
   * Does that, on subscription. Whatever goes wrong, and a cancel, kills the connection.
   *
   * @param raw nobody has started it; the result takes it over
   * @param shown the server, as people name it
   * @return the stream behind the handshake, on which the server awaits a program; or a {@link
   *     BootstrapException}
   */
  public static Mono<Connection> run(Connection raw, String shown, Token token, Deadline deadline) {
    return Mono.<Connection>create(
            sink -> {
              TokenHandshake handshake = new TokenHandshake(raw, shown, token, deadline, sink);
              sink.onCancel(() -> raw.eventLoop().execute(handshake::cancel));
              // the system's random numbers come from a file
              BlockingWork.STARTS.schedule(
                  () -> {
                    String nonce = Token.nonce();
                    raw.eventLoop().execute(() -> handshake.begin(nonce));
                  });
            })
        // a connection that was ready just when the subscriber cancelled
        .doOnDiscard(Connection.class, Connection::kill);
  }

  /** What a client without a token tells, where a server answered its program with a challenge. */
  static BootstrapException explain(BootstrapException error, String shown) {
    if (error.reason() == Reason.UNEXPECTED_OUTPUT
        && String.valueOf(error.getMessage()).contains("\"" + Token.GREETING)) {
      return new BootstrapException(
          Reason.AUTHENTICATION_REFUSED,
          shown
              + " demands a token: add token_file= with the file that holds it (without a value, it"
              + " is ~/.execnet/token)",
          "",
          error);
    }
    return error;
  }

  private void begin(String random) {
    if (decided) {
      return;
    }
    nonce = random;
    timer.update(raw.eventLoop().schedule(deadline.left(), this::timedOut));
    raw.start(this);
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    if (passed != null) {
      passed.onBytes(bytes);
      return;
    }
    while (!decided && bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        onLine(text, bytes);
      } else {
        line.write(next);
        if (line.size() > MAX_LINE) {
          failUnexpected();
        }
      }
    }
  }

  private void onLine(String text, ByteBuffer rest) {
    String challenge = serverNonce;
    if (challenge == null) {
      if (!text.matches(Token.GREETING + " [0-9a-f]{64}")) {
        line.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        failUnexpected();
        return;
      }
      challenge = text.substring(Token.GREETING.length() + 1);
      serverNonce = challenge;
      String answer = nonce + " " + token.proof("client", challenge, nonce) + "\n";
      raw.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
    } else if (text.equals(REFUSED)) {
      fail(Reason.AUTHENTICATION_REFUSED, shown + " refuses the token of " + token.from(), null);
    } else if (isProof(text, challenge)) {
      decided = true;
      timer.dispose();
      raw.setReading(false);
      passed = new BootstrappedConnection(raw, rest);
      sink.success(passed);
    } else {
      fail(
          Reason.HOST_KEY_REFUSED,
          shown + " does not know the token of " + token.from() + ", so it is not who it should be",
          null);
    }
  }

  private boolean isProof(String text, String challenge) {
    String expected = "ok " + token.proof("server", challenge, nonce);
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void onWritable() {
    if (passed != null) {
      passed.onWritable();
    }
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (passed != null) {
      passed.onClosed(cause);
    } else if (cause instanceof BootstrapException known) {
      fail(known);
    } else if (serverNonce == null) {
      fail(Reason.EXITED, shown + " closed the connection without a word" + MAYBE_NO_TOKEN, cause);
    } else {
      fail(Reason.AUTHENTICATION_REFUSED, shown + " refuses the token of " + token.from(), cause);
    }
  }

  private void timedOut() {
    String within = " within " + deadline;
    fail(
        Reason.TIMEOUT,
        serverNonce == null
            ? shown + " sent no challenge" + within + MAYBE_NO_TOKEN
            : shown + " did not answer" + within,
        null);
  }

  private void failUnexpected() {
    byte[] bytes = line.toByteArray();
    fail(
        Reason.UNEXPECTED_OUTPUT,
        shown + " is no socket server that knows tokens, it sent " + Quoted.of(bytes, bytes.length),
        null);
  }

  private void fail(Reason reason, String message, @Nullable Throwable cause) {
    fail(new BootstrapException(reason, message, "", cause));
  }

  private void fail(BootstrapException error) {
    if (!decided) {
      decided = true;
      timer.dispose();
      raw.kill();
      sink.error(error);
    }
  }

  /** Nobody gets the connection, even if it was ready a moment ago. */
  private void cancel() {
    decided = true;
    timer.dispose();
    raw.kill();
  }
}
