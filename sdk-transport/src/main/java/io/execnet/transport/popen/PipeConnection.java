package io.execnet.transport.popen;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.NettyEventLoop;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The connection to a worker over its standard input and output. Pipes can only be read and written
 * by blocking, so each direction has a thread of its own; the rest happens on the event loop.
 */
final class PipeConnection implements Connection {

  private static final Duration QUIET = Duration.ofMillis(200);

  private final io.netty.channel.EventLoop netty;
  private final EventLoop loop;
  private final WorkerProcess process;
  private final PipeReader reader;
  private final PipeWriter writer;
  private final AtomicBoolean started = new AtomicBoolean();
  private @Nullable ConnectionHandler handler;
  private @Nullable Throwable failure;
  private boolean closing;
  private boolean closed;
  private boolean ended;

  PipeConnection(
      String gatewayId, io.netty.channel.EventLoop netty, Process child, WorkerProcess process) {
    this.netty = netty;
    this.loop = new NettyEventLoop(netty);
    this.process = process;
    this.reader = new PipeReader(gatewayId, child.getInputStream(), loop, this::bytes, this::shut);
    this.writer = new PipeWriter(gatewayId, child.getOutputStream(), loop, this::writable);
    process.ended().thenRun(() -> loop.execute(this::watchForQuiet));
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void start(ConnectionHandler listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection has a handler already");
    }
    loop.execute(
        () -> {
          handler = listener;
          if (closed) {
            tellClosed();
          } else {
            reader.start();
            writer.start();
          }
        });
  }

  private void bytes(ByteBuffer bytes) {
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

  private void writable() {
    ConnectionHandler listener = handler;
    if (listener != null && !closed) {
      listener.onWritable();
    }
  }

  /** On the loop: the end, seen from here. */
  private void shut(@Nullable Throwable cause) {
    if (closed) {
      return;
    }
    closed = true;
    failure = cause;
    reader.close();
    writer.close();
    tellClosed();
  }

  private void tellClosed() {
    ConnectionHandler listener = handler;
    if (listener != null && !ended) {
      ended = true;
      listener.onClosed(failure);
    }
  }

  /** A process that the worker left behind may hold the pipe open: then silence is the end. */
  private void watchForQuiet() {
    long before = reader.activity();
    netty.schedule(() -> closeIfQuiet(before), QUIET.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeIfQuiet(long before) {
    if (closed) {
      return;
    }
    if (reader.isWaiting() && reader.activity() == before) {
      shut(null);
    } else {
      watchForQuiet();
    }
  }

  @Override
  public void setReading(boolean reading) {
    reader.setReading(reading || closing);
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (closed || closing) {
      bytes.position(bytes.limit());
    } else {
      writer.write(bytes);
    }
  }

  @Override
  public boolean isWritable() {
    return !closed && writer.isWritable();
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          if (handler == null) {
            shut(null);
          } else if (!closed) {
            writer.finish();
            closing = true;
            reader.setReading(true); // for what it says last, and to see its end
          }
        });
  }

  @Override
  public void kill() {
    process.kill();
    loop.execute(() -> shut(null));
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return process.exitStatus();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return Optional.empty();
  }

  @Override
  public String standardError() {
    return process.standardError();
  }
}
