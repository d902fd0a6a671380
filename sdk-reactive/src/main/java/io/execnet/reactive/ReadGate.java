package io.execnet.reactive;

import io.execnet.transport.Connection;

/**
 * Whether a gateway reads: only while none of its channels holds too much. Confined to the event
 * loop.
 */
final class ReadGate {

  private final Connection connection;
  private int closedBy;
  private boolean stayOpen;

  ReadGate(Connection connection) {
    this.connection = connection;
  }

  boolean isReading() {
    return stayOpen || closedBy == 0;
  }

  /** One more channel holds too much. */
  void close() {
    if (closedBy++ == 0 && !stayOpen) {
      connection.setReading(false);
    }
  }

  /** From now on it reads, however much its channels hold. */
  void stayOpen() {
    stayOpen = true;
    connection.setReading(true);
  }

  /** A channel that had closed it holds too much no longer. */
  void open() {
    if (--closedBy == 0) {
      connection.setReading(true);
    }
  }
}
