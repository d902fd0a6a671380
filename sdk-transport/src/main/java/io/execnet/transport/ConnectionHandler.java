package io.execnet.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Who listens to a connection. All calls come on its event loop, one after the other. */
public interface ConnectionHandler {

  /** Bytes arrived. The buffer belongs to the connection and is valid during this call only. */
  void onBytes(ByteBuffer bytes);

  /** The connection had stopped being writable and is so again. */
  void onWritable();

  /**
   * Nothing more will come and nothing more can be written: exactly once, the last call.
   *
   * @param cause the I/O error that ended it, or null at an orderly end of the stream
   */
  void onClosed(@Nullable Throwable cause);

  /** Waits for the end of a connection whose other side says nothing. */
  static ConnectionHandler untilClosed(Runnable whenClosed) {
    return new ConnectionHandler() {
      @Override
      public void onBytes(ByteBuffer bytes) {
        // it has nothing to say
      }

      @Override
      public void onWritable() {
        // nor is it told anything
      }

      @Override
      public void onClosed(@Nullable Throwable cause) {
        whenClosed.run();
      }
    };
  }
}
