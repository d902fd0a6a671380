package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Deadline;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** What comes from a connection: its first line, or everything until its end. */
final class Reply implements ConnectionHandler {

  private static final int LINE_LIMIT = 4096;
  private static final int LIMIT = 1 << 20;

  private final Connection connection;
  private final MonoSink<String> sink;
  private final boolean whole;
  private final String shown;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private boolean done;

  private Reply(Connection connection, boolean whole, String shown, MonoSink<String> sink) {
    this.connection = connection;
    this.whole = whole;
    this.shown = shown;
    this.sink = sink;
  }

  /**
   * Takes the connection over, on subscription, and drops what follows the line; a {@link
   * BootstrapException} if it can't be had.
   *
   * @param shown who answers, as people name it
   */
  static Mono<String> firstLine(Connection connection, String shown, Deadline deadline) {
    return to(connection, "", false, shown, deadline);
  }

  /** Takes it over, writes something, and waits for the end. */
  static Mono<String> whole(
      Connection connection, String request, String shown, Deadline deadline) {
    return to(connection, request, true, shown, deadline);
  }

  private static Mono<String> to(
      Connection connection, String request, boolean whole, String shown, Deadline deadline) {
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    return Mono.<String>create(
            sink -> {
              connection.start(new Reply(connection, whole, shown, sink));
              connection.eventLoop().execute(() -> connection.write(bytes));
            })
        .timeout(
            deadline.left(),
            Mono.error(
                () ->
                    new BootstrapException(
                        Reason.TIMEOUT,
                        shown + " did not answer within " + deadline,
                        connection.standardError(),
                        null)));
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    int limit = whole ? LIMIT : LINE_LIMIT;
    while (!done && bytes.hasRemaining()) {
      byte next = bytes.get();
      if (!whole && next == '\n') {
        succeed();
      } else if (text.size() == limit) {
        fail(Reason.UNEXPECTED_OUTPUT, "answered more than " + limit + " bytes", null);
      } else {
        text.write(next);
      }
    }
  }

  private void succeed() {
    done = true;
    sink.success(text.toString(StandardCharsets.UTF_8));
  }

  private void fail(Reason reason, String what, @Nullable Throwable cause) {
    done = true;
    String message = shown + " " + what;
    sink.error(new BootstrapException(reason, message, connection.standardError(), cause));
  }

  @Override
  public void onWritable() {
    // nothing is written
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (!done && whole && cause == null && text.size() > 0) {
      succeed();
    } else if (!done) {
      fail(Reason.EXITED, "ended before it answered", cause);
    }
  }
}
