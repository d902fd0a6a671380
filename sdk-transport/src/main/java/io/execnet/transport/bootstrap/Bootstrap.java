package io.execnet.transport.bootstrap;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Deadline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Sends the program over a byte stream on which nothing has been said, and waits for its answer.
 * Its state lives on the stream's event loop.
 */
public final class Bootstrap implements ConnectionHandler {

  /** How long the end of the process may take to be told, after that of its stream. */
  private static final Duration EXIT_STATUS = Duration.ofSeconds(1);

  private final Connection raw;
  private final String shown;
  private final AnswerScanner scanner;
  private final Deadline deadline;
  private final MonoSink<Connection> sink;
  private final Disposable.Swap timer = Disposables.swap();
  private @Nullable BootstrappedConnection answered;
  private boolean decided;

  private Bootstrap(
      Connection raw, String shown, String answer, Deadline deadline, MonoSink<Connection> sink) {
    this.raw = raw;
    this.shown = shown;
    this.scanner = new AnswerScanner(answer);
    this.deadline = deadline;
    this.sink = sink;
  }

  /**
   * Starts a worker on the stream, on subscription. Whatever goes wrong, and a cancel, kills it.
   *
   * @param raw nobody has started it; the result takes it over
   * @param shown what was started or reached, as people name it
   * @param line ends with its only newline
   * @param answer what the program writes when it is there; where it is not {@link
   *     WorkerStreams#PLAIN_ANSWER}, other text may come before it
   * @return the stream right behind the answer, or a {@link BootstrapException}
   */
  public static Mono<Connection> start(
      Connection raw, String shown, String line, String answer, Deadline deadline) {
    return Mono.<Connection>create(
            sink -> {
              Bootstrap bootstrap = new Bootstrap(raw, shown, answer, deadline, sink);
              sink.onCancel(() -> raw.eventLoop().execute(bootstrap::cancel));
              raw.eventLoop().execute(() -> bootstrap.send(line));
            })
        // a connection that was ready just when the subscriber cancelled
        .doOnDiscard(Connection.class, Connection::kill);
  }

  private void send(String line) {
    if (decided) {
      return;
    }
    timer.update(raw.eventLoop().schedule(deadline.left(), () -> fail(timedOut())));
    raw.start(this);
    raw.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    if (answered != null) {
      answered.onBytes(bytes);
    } else if (!decided) {
      switch (scanner.scan(bytes)) {
        case MISSING -> {}
        case FOUND -> succeed(bytes);
        case IMPOSSIBLE -> fail(diagnose(null, scanner.unexpected()));
      }
    }
  }

  @Override
  public void onWritable() {
    if (answered != null) {
      answered.onWritable();
    }
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (answered != null) {
      answered.onClosed(cause);
    } else if (cause instanceof BootstrapException known) {
      fail(known);
    } else if (!decided) {
      raw.exitStatus()
          .singleOptional()
          .timeout(EXIT_STATUS)
          .onErrorReturn(Optional.empty())
          .subscribe(
              status ->
                  raw.eventLoop().execute(() -> fail(closedEarly(status.orElse(null), cause))));
    }
  }

  private void succeed(ByteBuffer rest) {
    decided = true;
    timer.dispose();
    raw.setReading(false);
    answered = new BootstrappedConnection(raw, rest);
    sink.success(answered);
  }

  /** Nobody gets the connection, even if it was ready a moment ago. */
  private void cancel() {
    decided = true;
    timer.dispose();
    raw.kill();
  }

  private void fail(BootstrapException error) {
    if (!decided) {
      decided = true;
      timer.dispose();
      raw.kill();
      sink.error(error);
    }
  }

  private BootstrapException timedOut() {
    return diagnose(null, scanner.unexpected());
  }

  private BootstrapException closedEarly(@Nullable ExitStatus status, @Nullable Throwable cause) {
    if (status == null && scanner.unexpected().isEmpty()) {
      return new BootstrapException(
          Reason.EXITED,
          shown + " closed the connection before the worker program answered",
          raw.standardError(),
          cause);
    }
    return diagnose(status, scanner.unexpected());
  }

  private BootstrapException diagnose(@Nullable ExitStatus status, String unexpected) {
    return scanner.allowsNoise()
        ? StartFailure.amongNoise(shown, deadline.whole(), unexpected, status, raw.standardError())
        : StartFailure.of(shown, deadline.whole(), unexpected, status, raw.standardError());
  }
}
