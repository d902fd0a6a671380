package io.execnet.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the one handler of a connection, for transports, and sees to it that it is told the end
 * once. Any thread may claim it; all else belongs on the connection's event loop.
 */
public final class HandlerSlot {

  private final AtomicBoolean claimed = new AtomicBoolean();
  private @Nullable ConnectionHandler handler;
  private @Nullable Throwable cause;
  private boolean ended;
  private boolean told;

  /** For {@link Connection#start}: an {@link IllegalStateException} the second time. */
  public void claim() {
    if (!claimed.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection has a handler already");
    }
  }

  /**
   * Puts the handler in, and tells it the end if that has come.
   *
   * @return whether the connection is still open
   */
  public boolean fill(ConnectionHandler listener) {
    handler = listener;
    tell();
    return !ended;
  }

  /** Whether there is a handler. */
  public boolean isFilled() {
    return handler != null;
  }

  /** Whether the end has come. */
  public boolean isEnded() {
    return ended;
  }

  /**
   * Hands bytes over, before the end.
   *
   * @param onFailure gets what the handler throws
   */
  public void bytes(ByteBuffer bytes, Consumer<Throwable> onFailure) {
    ConnectionHandler listener = handler;
    if (listener == null || ended) {
      return;
    }
    try {
      listener.onBytes(bytes);
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  /** Tells that there is room again, before the end. */
  public void writable() {
    ConnectionHandler listener = handler;
    if (listener != null && !ended) {
      listener.onWritable();
    }
  }

  /**
   * Notes the end; {@link #tell} tells it.
   *
   * @return whether it has not come before
   */
  public boolean end(@Nullable Throwable why) {
    if (ended) {
      return false;
    }
    ended = true;
    cause = why;
    return true;
  }

  /** Tells the end if it has come and there is a handler, once. */
  public void tell() {
    ConnectionHandler listener = handler;
    if (ended && listener != null && !told) {
      told = true;
      listener.onClosed(cause);
    }
  }
}
