package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.Hop;
import io.execnet.transport.output.OutputSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A byte stream that a hop's worker has opened and relays over one of its channels. Its state lives
 * on the hop's event loop.
 */
final class ViaConnection implements Connection, ForwarderChannel.Listener {

  /** How long what it printed may take to be handed over after it ended. */
  private static final Duration DRAIN = Duration.ofSeconds(1);

  private final Hop hop;
  private final ForwarderChannel forwarder;
  private final FarInput input;
  private final FarOutput output;
  private final FarErrors errors;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CompletableFuture<@Nullable ExitStatus> drained = new CompletableFuture<>();
  private volatile @Nullable SocketAddress address;
  private volatile @Nullable ExitStatus exit;
  private @Nullable MonoSink<ViaConnection> opening;
  private @Nullable ConnectionHandler handler;
  private boolean closed;

  private ViaConnection(Hop hop, @Nullable SocketAddress address, OutputSink errorSink) {
    this.hop = hop;
    this.address = address;
    this.forwarder = new ForwarderChannel(hop, this);
    this.input = new FarInput(forwarder::data, () -> forwarder.command(Forwarder.CLOSE, 0));
    this.output = new FarOutput(n -> forwarder.command(Forwarder.OUTPUT_CREDIT, n), this::shut);
    this.errors =
        new FarErrors(
            errorSink, hop.eventLoop(), n -> forwarder.command(Forwarder.ERRORS_CREDIT, n));
  }

  /**
   * Has the hop open a stream, on subscription.
   *
   * @return the stream, on which nothing has been said, or a {@link BootstrapException}
   */
  static Mono<ViaConnection> open(Hop hop, FarEnd far, OutputSink errorSink) {
    return Mono.create(
        sink -> {
          ViaConnection connection = new ViaConnection(hop, far.address(), errorSink);
          sink.onCancel(connection::kill);
          hop.eventLoop().execute(() -> connection.begin(far.how(), sink));
        });
  }

  private void begin(Map<String, ?> how, MonoSink<ViaConnection> sink) {
    if (!closed) {
      opening = sink;
      forwarder.start(how);
    }
  }

  // ---- what the forwarder tells

  @Override
  public void onStarted(@Nullable SocketAddress remote) {
    if (remote != null) {
      address = remote;
    }
    MonoSink<ViaConnection> sink = opening;
    opening = null;
    if (sink != null) {
      sink.success(this);
    }
  }

  @Override
  public void onFailed(BootstrapException error) {
    MonoSink<ViaConnection> sink = opening;
    opening = null;
    if (sink != null) {
      sink.error(error);
    }
  }

  @Override
  public void onOutput(byte[] bytes) {
    output.add(bytes);
  }

  @Override
  public void onOutputEnded() {
    output.end(null);
  }

  @Override
  public void onErrors(byte[] bytes) {
    errors.add(bytes);
  }

  @Override
  public void onErrorsEnded() {
    errors.end();
  }

  @Override
  public void onWritten(long bytes) {
    ConnectionHandler listener = handler;
    if (input.granted(bytes) && listener != null && !closed) {
      listener.onWritable();
    }
  }

  @Override
  public void onExited(ExitStatus status) {
    exit = status;
    errors
        .handedOver()
        .copy()
        .completeOnTimeout(null, DRAIN.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(() -> drained.complete(status));
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    errors.end();
    output.end(cause);
    if (exit == null) {
      drained.complete(null);
    }
  }

  // ---- what the user of the connection calls

  @Override
  public EventLoop eventLoop() {
    return hop.eventLoop();
  }

  @Override
  public void start(ConnectionHandler listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection has a handler already");
    }
    eventLoop()
        .execute(
            () -> {
              handler = listener;
              if (closed) {
                listener.onClosed(null);
              } else {
                output.start(this::handOver);
              }
            });
  }

  private void handOver(ByteBuffer bytes) {
    ConnectionHandler listener = handler;
    if (listener == null || closed) {
      return;
    }
    try {
      listener.onBytes(bytes);
    } catch (RuntimeException | Error e) {
      shut(e);
    }
  }

  /** The end, for whatever reason. */
  private void shut(@Nullable Throwable cause) {
    if (closed) {
      return;
    }
    closed = true;
    input.drop();
    output.stayOpen(); // what still comes goes nowhere
    forwarder.command(Forwarder.CLOSE, 0);
    ConnectionHandler listener = handler;
    if (listener != null) {
      listener.onClosed(cause);
    } else {
      output.start(this::handOver);
    }
  }

  @Override
  public void setReading(boolean reading) {
    output.setReading(reading);
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (closed) {
      bytes.position(bytes.limit());
    } else if (bytes.hasRemaining()) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      input.write(copy);
    }
  }

  @Override
  public boolean isWritable() {
    return !closed && input.isWritable();
  }

  @Override
  public void close() {
    eventLoop()
        .execute(
            () -> {
              if (handler == null) {
                shut(null);
              } else if (!closed) {
                input.finish();
                output.stayOpen();
              }
            });
  }

  @Override
  public void kill() {
    eventLoop()
        .execute(
            () -> {
              opening = null;
              forwarder.command(Forwarder.KILL, 0);
              shut(null);
            });
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return Mono.fromFuture(drained, true);
  }

  /** How its process has ended, if it has; any thread. */
  Optional<ExitStatus> exited() {
    return Optional.ofNullable(exit);
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return Optional.ofNullable(address);
  }

  @Override
  public String standardError() {
    return errors.text();
  }

  @Override
  public String toString() {
    return "ViaConnection through " + hop.id();
  }
}
