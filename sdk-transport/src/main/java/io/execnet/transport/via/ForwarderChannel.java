package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.core.RemoteException;
import io.execnet.transport.Hop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channel that a forwarder relays over, and the items on it as calls. The forwarder's own
 * execution ends as soon as it has begun; this channel lives as long as the stream.
 */
final class ForwarderChannel implements Hop.Listener {

  /** Who is told what the forwarder tells, on the hop's event loop. */
  interface Listener {

    /** The stream is open. */
    void onStarted(@Nullable SocketAddress remote);

    /** The stream could not be opened; nothing else follows. */
    void onFailed(BootstrapException error);

    void onOutput(byte[] bytes);

    void onOutputEnded();

    void onErrors(byte[] bytes);

    void onErrorsEnded();

    void onWritten(long bytes);

    void onExited(ExitStatus status);

    /** Nothing more is told. */
    void onClosed(@Nullable Throwable cause);
  }

  private final Hop hop;
  private final Listener listener;
  private Hop.@Nullable HopChannel channel;
  private boolean started;
  private boolean closed;

  ForwarderChannel(Hop hop, Listener listener) {
    this.hop = hop;
    this.listener = listener;
  }

  void start(Map<String, ?> how) {
    Hop.HopChannel data = hop.open(this);
    channel = data;
    hop.run(
            Forwarder.source(),
            Forwarder.FUNCTION,
            Map.of("window", Forwarder.WINDOW, "how", how),
            new Execution())
        .send(data);
  }

  void data(byte[] bytes) {
    Hop.HopChannel to = channel;
    if (to != null && !closed) {
      to.send(bytes);
    }
  }

  void command(int code, int value) {
    Hop.HopChannel to = channel;
    if (to != null && !closed) {
      to.send(List.of(code, value));
    }
  }

  @Override
  public void onItem(@Nullable Object item) {
    if (closed) {
      return;
    }
    try {
      onTold(item);
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  private void onTold(@Nullable Object item) {
    if (item instanceof byte[] bytes) {
      listener.onOutput(bytes);
    } else if (item instanceof List<?> told
        && told.size() == 2
        && told.get(0) instanceof Long code) {
      onTold(code.intValue(), told.get(1));
    } else {
      throw unexpected(item);
    }
  }

  private void onTold(int code, @Nullable Object value) {
    switch (code) {
      case Forwarder.STARTED -> {
        started = true;
        listener.onStarted(address(value));
      }
      case Forwarder.NOT_FOUND -> fail(Reason.INTERPRETER_NOT_FOUND, value + where());
      case Forwarder.NOT_REACHED -> fail(Reason.HOST_NOT_FOUND, value + where());
      case Forwarder.FAILED -> fail(Reason.EXITED, "the forwarder failed: " + value + where());
      case Forwarder.WRITTEN -> listener.onWritten(number(value));
      case Forwarder.ERRORS -> listener.onErrors(bytes(value));
      case Forwarder.OUTPUT_ENDED -> listener.onOutputEnded();
      case Forwarder.ERRORS_ENDED -> listener.onErrorsEnded();
      case Forwarder.EXITED -> listener.onExited(status(value));
      default -> throw unexpected(code);
    }
  }

  private static @Nullable SocketAddress address(@Nullable Object value) {
    return value instanceof List<?> pair
        ? InetSocketAddress.createUnresolved(String.valueOf(pair.get(0)), (int) number(pair.get(1)))
        : null;
  }

  private static ExitStatus status(@Nullable Object value) {
    if (value instanceof List<?> pair) {
      return new ExitStatus((int) number(pair.get(0)), (String) pair.get(1));
    }
    throw unexpected(value);
  }

  private static long number(@Nullable Object value) {
    if (value instanceof Long number) {
      return number;
    }
    throw unexpected(value);
  }

  private static byte[] bytes(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    throw unexpected(value);
  }

  private static IllegalStateException unexpected(@Nullable Object value) {
    return new IllegalStateException("the forwarder sent " + value);
  }

  /** What was sent can't be true; the hop and what else goes through it are none the worse. */
  private void broken(RuntimeException error) {
    Hop.HopChannel to = channel;
    if (to != null) {
      to.close();
    }
    String message = "the forwarder broke its protocol: " + error.getMessage() + where();
    if (!started) {
      started = true;
      listener.onFailed(new BootstrapException(Reason.UNEXPECTED_OUTPUT, message, "", error));
    }
    onClosed(new IOException(message, error));
  }

  private String where() {
    return " (on " + hop.id() + ")";
  }

  private void fail(Reason reason, String message) {
    started = true;
    listener.onFailed(new BootstrapException(reason, message, "", null));
  }

  @Override
  public void onClosed(@Nullable Throwable error) {
    if (closed) {
      return;
    }
    closed = true;
    if (!started) {
      String ended = "gateway " + hop.id() + ", which it is to be reached through, has ended";
      listener.onFailed(
          error instanceof RemoteException
              ? executionFailed(error)
              : new BootstrapException(Reason.HOST_NOT_FOUND, ended, "", error));
    }
    listener.onClosed(
        error == null && !started ? new IOException("the forwarder ended" + where()) : error);
  }

  private BootstrapException executionFailed(Throwable error) {
    return new BootstrapException(
        Reason.EXITED,
        "gateway " + hop.id() + " could not run the forwarder: " + error.getMessage(),
        "",
        error);
  }

  /** The execution that starts the forwarder: of interest only where it fails. */
  private final class Execution implements Hop.Listener {

    @Override
    public void onItem(@Nullable Object item) {
      // it says nothing by itself
    }

    @Override
    public void onClosed(@Nullable Throwable error) {
      Hop.HopChannel data = channel;
      if (error != null && !started && data != null) {
        data.close();
        ForwarderChannel.this.onClosed(error);
      }
    }
  }
}
