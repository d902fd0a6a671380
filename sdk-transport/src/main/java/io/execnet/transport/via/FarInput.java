package io.execnet.transport.via;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** What goes to the far end's input: as much as it has credit for, the rest waits here. */
final class FarInput {

  private static final int CHUNK = 64 * 1024;
  private static final int HIGH = 128 * 1024;
  private static final int LOW = 32 * 1024;

  private final Consumer<byte[]> send;
  private final Runnable sendClose;
  private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private int credit = Forwarder.WINDOW;
  private boolean writable = true;
  private boolean finishing;
  private boolean finished;

  FarInput(Consumer<byte[]> send, Runnable sendClose) {
    this.send = send;
    this.sendClose = sendClose;
  }

  boolean isWritable() {
    return writable;
  }

  void write(byte[] bytes) {
    if (finishing) {
      return;
    }
    waiting.add(ByteBuffer.wrap(bytes));
    waitingBytes += bytes.length;
    drain();
    writable = writable && waitingBytes <= HIGH;
  }

  /** The far end took so many bytes; returns whether this made it writable again. */
  boolean granted(long bytes) {
    if (bytes < 0 || bytes > Forwarder.WINDOW - credit) {
      throw new IllegalStateException("it took " + bytes + " bytes, which it had not got");
    }
    credit += (int) bytes;
    drain();
    boolean again = !writable && waitingBytes <= LOW;
    writable |= again;
    return again;
  }

  /** Ends the stream behind what is waiting. */
  void finish() {
    finishing = true;
    drain();
  }

  /** Forgets what is waiting. */
  void drop() {
    finishing = true;
    finished = true;
    waiting.clear();
    waitingBytes = 0;
  }

  private void drain() {
    while (credit > 0 && !waiting.isEmpty()) {
      ByteBuffer next = waiting.element();
      int length = Math.min(next.remaining(), Math.min(credit, CHUNK));
      byte[] chunk = new byte[length];
      next.get(chunk);
      if (!next.hasRemaining()) {
        waiting.remove();
      }
      credit -= length;
      waitingBytes -= length;
      send.accept(chunk);
    }
    if (finishing && !finished && waiting.isEmpty()) {
      finished = true;
      sendClose.run();
    }
  }
}
