package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Deadline;
import io.execnet.transport.bootstrap.Quoted;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Asks a server to listen no more: ours says so when it does, stock execnet's just closes. */
final class QuitRequest implements ConnectionHandler {

  private static final byte[] LINE =
      "\"raise KeyboardInterrupt\"\n".getBytes(StandardCharsets.US_ASCII);

  private static final String DONE = "bye";

  private final Connection connection;
  private final String shown;
  private final MonoSink<Boolean> sink;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private boolean decided;

  private QuitRequest(Connection connection, String shown, MonoSink<Boolean> sink) {
    this.connection = connection;
    this.shown = shown;
    this.sink = sink;
  }

  /**
   * Does that, on subscription.
   *
   * @return whether it said that it listens no more; false where it closed without a word, which
   *     one that refuses us does too
   */
  static Mono<Boolean> send(Connection connection, String shown, Deadline deadline) {
    return Mono.<Boolean>create(
            sink -> {
              connection.start(new QuitRequest(connection, shown, sink));
              connection.eventLoop().execute(() -> connection.write(ByteBuffer.wrap(LINE)));
            })
        .timeout(
            deadline.left(),
            Mono.error(
                () ->
                    new BootstrapException(
                        Reason.TIMEOUT, shown + " did not answer within " + deadline, "", null)))
        .doFinally(signal -> connection.kill());
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    while (!decided && bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' || answer.size() == Quoted.LIMIT) {
        onLine(null);
      } else {
        answer.write(next);
      }
    }
  }

  @Override
  public void onWritable() {
    // one line is all
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (decided) {
      return;
    }
    if (answer.size() > 0 || TlsOptions.clientRefused(shown, cause) != null) {
      onLine(cause);
    } else {
      decided = true;
      sink.success(false); // a server that is gone may well have reset the connection
    }
  }

  private void onLine(@Nullable Throwable cause) {
    decided = true;
    byte[] bytes = answer.toByteArray();
    if (new String(bytes, StandardCharsets.UTF_8).equals(DONE)) {
      sink.success(true);
    } else {
      String said =
          bytes.length == 0 ? ": " + cause : ", it wrote " + Quoted.of(bytes, bytes.length);
      sink.error(
          new BootstrapException(
              Reason.UNEXPECTED_OUTPUT, shown + " does not end" + said, "", cause));
    }
  }

  @Override
  public String toString() {
    return "QuitRequest on " + connection;
  }
}
