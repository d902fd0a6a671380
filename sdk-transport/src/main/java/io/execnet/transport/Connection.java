package io.execnet.transport;

import io.execnet.core.ExitStatus;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * A duplex byte stream to a worker program that has answered: frames may flow at once.
 *
 * <p>Unless a method says otherwise it is to be called on {@link #eventLoop()}, and none blocks.
 */
public interface Connection {

  /** The loop that this connection lives on; any thread may ask. */
  EventLoop eventLoop();

  /** Sets the handler, once, and begins to read; any thread may call it. */
  void start(ConnectionHandler handler);

  /**
   * Stops or goes on reading. While it is stopped the other side's writes fill the transport's
   * window and then block; bytes that were read already may still be handed over.
   */
  void setReading(boolean reading);

  /**
   * Writes and flushes these bytes, in order with earlier ones. They are copied or written before
   * this returns, so the buffer stays the caller's; its position moves to its limit. After the
   * connection closed they go nowhere.
   */
  void write(ByteBuffer bytes);

  /**
   * Whether little enough is waiting to be written. Who writes while it is false lets memory grow;
   * {@link ConnectionHandler#onWritable()} says when it is true again.
   */
  boolean isWritable();

  /**
   * Writes what is waiting, then ends the stream, which the worker takes as the end of its work;
   * any thread may call it, any number of times. What the worker still writes is handed over until
   * it has ended, whether the handler was reading or not; a transport on which what the worker
   * prints has streams of its own may drop it.
   */
  void close();

  /**
   * Ends the worker by force where there is a way to (SIGKILL for a process), and closes without
   * writing or reading what is waiting; any thread may call it, any number of times. A signal to a
   * process of this host has been sent when this returns. A worker behind a command that did not
   * become it (a shell that waits for it, say) sees the end of the stream instead.
   */
  void kill();

  /**
   * How the process at the other end ended, once it has and what it printed has been handed over,
   * though at most a second later: a process that it left behind can hold the stream. Where a
   * transport can't know, it completes empty when the connection has ended. Asking for it changes
   * nothing.
   */
  Mono<ExitStatus> exitStatus();

  /**
   * The address of the other end, where it has one; any thread may ask. Behind an SSH jump host it
   * is unresolved, for its name need mean nothing here.
   */
  Optional<SocketAddress> remoteAddress();

  /** The end of what the worker wrote to its standard error, bounded; any thread may ask. */
  String standardError();
}
