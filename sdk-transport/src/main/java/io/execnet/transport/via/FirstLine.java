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

/** Reads one line from a connection, and drops what follows. */
final class FirstLine implements ConnectionHandler {

  private static final int LIMIT = 4096;

  private final Connection connection;
  private final MonoSink<String> sink;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean done;

  private FirstLine(Connection connection, MonoSink<String> sink) {
    this.connection = connection;
    this.sink = sink;
  }

  /**
   * Takes the connection over, on subscription; a {@link BootstrapException} if it can't be had.
   */
  static Mono<String> of(Connection connection, Deadline deadline) {
    return answering(connection, "", deadline);
  }

  /** The same, after it has written something. */
  static Mono<String> answering(Connection connection, String text, Deadline deadline) {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    return Mono.<String>create(
            sink -> {
              connection.start(new FirstLine(connection, sink));
              connection.eventLoop().execute(() -> connection.write(bytes));
            })
        .timeout(
            deadline.left(),
            Mono.error(
                () ->
                    new BootstrapException(
                        Reason.TIMEOUT,
                        "the socket server did not answer within " + deadline,
                        connection.standardError(),
                        null)));
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    while (!done && bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' || line.size() == LIMIT) {
        done = true;
        sink.success(line.toString(StandardCharsets.UTF_8));
      } else {
        line.write(next);
      }
    }
  }

  @Override
  public void onWritable() {
    // nothing is written
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (!done) {
      done = true;
      sink.error(
          new BootstrapException(
              Reason.EXITED,
              "the socket server ended before it answered",
              connection.standardError(),
              cause));
    }
  }
}
