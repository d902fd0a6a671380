package io.execnet.transport.via;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What came from the far end's output: handed over while somebody reads, and only then is more of
 * it asked for.
 */
final class FarOutput {

  private static final int GRANT = Forwarder.WINDOW / 4;

  private final IntConsumer grant;
  private final Consumer<@Nullable Throwable> onEnd;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private @Nullable Consumer<ByteBuffer> consumer;
  private @Nullable Throwable cause;
  private boolean reading = true;
  private boolean stayOpen;
  private boolean ended;
  private boolean delivering;
  private int taken;
  private int room = Forwarder.WINDOW;

  /**
   * Begins empty.
   *
   * @param grant asks for so many bytes more
   * @param onEnd is told, perhaps more than once, after the last byte was handed over
   */
  FarOutput(IntConsumer grant, Consumer<@Nullable Throwable> onEnd) {
    this.grant = grant;
    this.onEnd = onEnd;
  }

  void start(Consumer<ByteBuffer> bytes) {
    consumer = bytes;
    deliver();
  }

  void setReading(boolean on) {
    reading = on;
    deliver();
  }

  /** Reads on whatever {@link #setReading} says: the end is to be seen. */
  void stayOpen() {
    stayOpen = true;
    deliver();
  }

  void add(byte[] bytes) {
    room -= bytes.length;
    if (room < 0) {
      throw new IllegalStateException("it sent more output than it was asked for");
    }
    if (!ended) {
      waiting.add(bytes);
      deliver();
    }
  }

  /** The far end's output has ended; an error tells so at once, and what came before it. */
  void end(@Nullable Throwable error) {
    if (ended) {
      return;
    }
    ended = true;
    cause = error;
    if (error == null) {
      deliver();
    } else {
      stayOpen();
    }
  }

  private void deliver() {
    Consumer<ByteBuffer> bytes = consumer;
    if (bytes == null || delivering) {
      return;
    }
    delivering = true;
    while ((reading || stayOpen) && !waiting.isEmpty()) {
      byte[] next = waiting.remove();
      bytes.accept(ByteBuffer.wrap(next));
      taken += next.length;
    }
    delivering = false;
    if (ended && waiting.isEmpty()) {
      onEnd.accept(cause);
    } else if (taken >= GRANT) {
      room += taken;
      grant.accept(taken);
      taken = 0;
    }
  }
}
