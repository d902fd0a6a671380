package io.execnet.reactive;

import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.core.value.FrameBuffer;
import io.execnet.transport.Connection;
import io.execnet.transport.EventLoop;
import java.util.function.Consumer;

/**
 * Hands the engine's frames to the transport: at the end of a turn of the loop, or as soon as there
 * are many. Confined to the event loop.
 */
final class FrameWriter {

  private static final int FLUSH_AT = 64 << 10;

  private final ProtocolEngine engine;
  private final Connection connection;
  private final EventLoop loop;
  private final Consumer<Throwable> onFailure;
  private boolean scheduled;

  /**
   * Creates one that has written nothing.
   *
   * @param onFailure learns that frames were lost, so that the other side would wait for ever
   */
  FrameWriter(ProtocolEngine engine, Connection connection, Consumer<Throwable> onFailure) {
    this.engine = engine;
    this.connection = connection;
    this.loop = connection.eventLoop();
    this.onFailure = onFailure;
  }

  void flushLater() {
    int length = engine.outbound().length();
    if (length >= FLUSH_AT) {
      flush();
    } else if (!scheduled && length > 0) {
      scheduled = true;
      loop.execute(this::flush);
    }
  }

  void flush() {
    scheduled = false;
    FrameBuffer frames = engine.outbound();
    if (frames.length() > 0) {
      try {
        connection.write(frames.view());
      } catch (RuntimeException | Error e) {
        onFailure.accept(e);
      } finally {
        frames.clear();
      }
    }
  }
}
