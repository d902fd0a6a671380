package io.execnet.transport.popen;

import io.execnet.transport.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pipe on a thread of its own. One chunk is on its way at a time: the next is read when the
 * event loop has taken the last and wants more.
 */
final class PipeReader {

  private static final int CHUNK = 64 * 1024;

  private final InputStream in;
  private final EventLoop loop;
  private final Consumer<ByteBuffer> bytes;
  private final Consumer<@Nullable Throwable> end;
  private final Thread thread;
  private final Semaphore turns = new Semaphore(0);
  private volatile boolean closed;
  // on the loop
  private boolean started;
  private boolean reading = true;
  private boolean waiting;
  private boolean inHand;

  /**
   * Prepares it.
   *
   * @param bytes gets each chunk on the loop, valid during the call only
   * @param end is told on the loop that the stream ended, with the error if there was one
   */
  PipeReader(
      String gatewayId,
      InputStream in,
      EventLoop loop,
      Consumer<ByteBuffer> bytes,
      Consumer<@Nullable Throwable> end) {
    this.in = in;
    this.loop = loop;
    this.bytes = bytes;
    this.end = end;
    this.thread = StartWatch.daemon("execnet-" + gatewayId + "-in", this::run);
  }

  void start() {
    started = true;
    thread.start();
    turn();
  }

  void setReading(boolean on) {
    reading = on;
    turn();
  }

  private void turn() {
    if (started && reading && !waiting && !inHand) {
      waiting = true;
      turns.release();
    }
  }

  /** Whether the thread has been asked to read and nothing has come yet. */
  boolean isWaiting() {
    return waiting;
  }

  /** Lets the thread end: at once if it is not in a read, else when that returns. */
  void close() {
    closed = true;
    turns.release();
    if (!started) {
      StartWatch.closeQuietly(in);
    }
  }

  private void run() {
    byte[] chunk = new byte[CHUNK];
    try (in) {
      while (true) {
        turns.acquire();
        if (closed) {
          return;
        }
        int length = in.read(chunk);
        if (length < 0) {
          loop.execute(() -> end.accept(null));
          return;
        }
        loop.execute(() -> taken(ByteBuffer.wrap(chunk, 0, length)));
      }
    } catch (IOException e) {
      loop.execute(() -> end.accept(e));
    } catch (InterruptedException e) {
      loop.execute(() -> end.accept(null));
    }
  }

  private void taken(ByteBuffer chunk) {
    waiting = false;
    inHand = true;
    bytes.accept(chunk);
    inHand = false;
    turn();
  }
}
