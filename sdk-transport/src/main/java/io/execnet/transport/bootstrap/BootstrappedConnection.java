package io.execnet.transport.bootstrap;

import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.ForwardingConnection;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A stream on which the other side has answered: what came with the answer is handed over first,
 * the rest passes through. Whoever made it goes on handing it the raw connection's events.
 */
public final class BootstrappedConnection extends ForwardingConnection
    implements ConnectionHandler {

  private final ArrayDeque<byte[]> early = new ArrayDeque<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private @Nullable ConnectionHandler handler;
  private @Nullable Throwable cause;
  private boolean reading = true;
  private boolean closed;

  /** Takes it over, on its event loop; it does not read. */
  public BootstrappedConnection(Connection raw, ByteBuffer first) {
    super(raw);
    keep(first);
  }

  private void keep(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      early.add(copy);
    }
  }

  @Override
  public void start(ConnectionHandler listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection has a handler already");
    }
    eventLoop().execute(() -> begin(listener));
  }

  private void begin(ConnectionHandler listener) {
    handler = listener;
    for (byte[] bytes = early.poll(); bytes != null; bytes = early.poll()) {
      listener.onBytes(ByteBuffer.wrap(bytes));
    }
    if (closed) {
      listener.onClosed(cause);
    } else {
      raw.setReading(reading);
    }
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    ConnectionHandler listener = handler;
    if (listener == null) {
      keep(bytes);
    } else {
      listener.onBytes(bytes);
    }
  }

  @Override
  public void onWritable() {
    ConnectionHandler listener = handler;
    if (listener != null) {
      listener.onWritable();
    }
  }

  @Override
  public void onClosed(@Nullable Throwable error) {
    closed = true;
    cause = error;
    ConnectionHandler listener = handler;
    if (listener != null) {
      listener.onClosed(error);
    }
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
    if (handler != null) {
      raw.setReading(on);
    }
  }
}
