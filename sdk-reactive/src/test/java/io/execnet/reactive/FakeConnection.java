package io.execnet.reactive;

import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.IdleConnection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection to a worker that has greeted and says nothing else. */
class FakeConnection extends IdleConnection {

  /** A worker of ours with no capability: an empty dict on channel 0. */
  static final byte[] HELLO = {66, 0, 0, 0, 0, 0, 0, 0, 2, 'J', 'Q'};

  /** One that knows credit. */
  static final byte[] HELLO_WITH_CREDIT = {
    66, 0, 0, 0, 0, 0, 0, 0, 15, 'J', 'N', 0, 0, 0, 6, 'c', 'r', 'e', 'd', 'i', 't', 'L', 'P', 'Q'
  };

  boolean reading = true;
  boolean writable = true;
  int written;
  @Nullable Error writeFailure;
  @Nullable ConnectionHandler handler;

  @Override
  public void start(ConnectionHandler listener) {
    handler = listener;
    listener.onBytes(ByteBuffer.wrap(hello()));
    written = 0;
  }

  /** The frame that the worker greets with. */
  byte[] hello() {
    return HELLO;
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (writeFailure != null) {
      throw writeFailure;
    }
    written += bytes.remaining();
  }

  @Override
  public boolean isWritable() {
    return writable;
  }
}
