package io.execnet.reactive;

import io.execnet.transport.Connection;
import java.util.ArrayDeque;

/**
 * Whether the transport takes more data; channels that must wait, wait here, in order. Closing,
 * half-closing and the like don't wait. Confined to the event loop.
 */
final class WriteGate {

  private final Connection connection;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean ended;

  WriteGate(Connection connection) {
    this.connection = connection;
  }

  /** Whether it takes data now, and nobody waits. */
  boolean isOpen() {
    return ended || (waiting.isEmpty() && connection.isWritable());
  }

  /** Runs this when the transport takes data again, and in any case at the end. */
  void await(Runnable task) {
    waiting.add(task);
  }

  /** The transport takes data again: as many go on as it takes data of. */
  void writable() {
    while (connection.isWritable() && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Nothing can be written any more: all go on, and find that out. */
  void end() {
    ended = true;
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }
}
