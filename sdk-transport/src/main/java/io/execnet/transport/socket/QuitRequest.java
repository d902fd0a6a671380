package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.bootstrap.Quoted;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Asks a server to listen no more; when it does, it closes the connection without a word. */
final class QuitRequest implements ConnectionHandler {

  private static final byte[] LINE =
      "\"raise KeyboardInterrupt\"\n".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final String shown;
  private final MonoSink<Void> sink;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

  private QuitRequest(Connection connection, String shown, MonoSink<Void> sink) {
    this.connection = connection;
    this.shown = shown;
    this.sink = sink;
  }

  static Mono<Void> send(Connection connection, String shown, Duration timeout) {
    return Mono.<Void>create(
            sink -> {
              connection.start(new QuitRequest(connection, shown, sink));
              connection.eventLoop().execute(() -> connection.write(ByteBuffer.wrap(LINE)));
            })
        .timeout(
            timeout,
            Mono.error(
                () ->
                    new BootstrapException(
                        Reason.TIMEOUT, shown + " did not answer in time", "", null)))
        .doFinally(signal -> connection.kill());
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    while (bytes.hasRemaining() && answer.size() < Quoted.LIMIT) {
      answer.write(bytes.get());
    }
  }

  @Override
  public void onWritable() {
    // one line is all
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    byte[] bytes = answer.toByteArray();
    if (bytes.length == 0) {
      sink.success(); // a server that is gone may well have reset the connection
    } else {
      sink.error(
          new BootstrapException(
              Reason.UNEXPECTED_OUTPUT,
              shown + " does not end, it wrote " + Quoted.of(bytes, bytes.length),
              "",
              cause));
    }
  }

  @Override
  public String toString() {
    return "QuitRequest on " + connection;
  }
}
