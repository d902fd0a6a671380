package io.execnet.transport.popen;

import io.execnet.transport.EventLoop;
import io.execnet.transport.netty.NettyConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Writes a pipe on a thread of its own, from a queue whose size decides what is writable. */
final class PipeWriter {

  private static final byte[] END = new byte[0];

  private final OutputStream out;
  private final EventLoop loop;
  private final Runnable writable;
  private final Consumer<Throwable> onFailure;
  private final Thread thread;
  // without a lock, which the loop could have to wait for
  private final Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  // on the loop
  private long queued;
  private boolean isWritable = true;
  private boolean started;
  private boolean broken;

  /**
   * Prepares it.
   *
   * @param writable is told on the loop that little enough is waiting again
   * @param onFailure is told on the loop that the other side reads no more
   */
  PipeWriter(
      String gatewayId,
      OutputStream out,
      EventLoop loop,
      Runnable writable,
      Consumer<Throwable> onFailure) {
    this.out = out;
    this.loop = loop;
    this.writable = writable;
    this.onFailure = onFailure;
    this.thread = StartWatch.daemon("execnet-" + gatewayId + "-out", this::run);
  }

  void start() {
    started = true;
    thread.start();
  }

  boolean isWritable() {
    return isWritable;
  }

  void write(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      if (!broken) {
        queued += copy.length;
        isWritable &= queued <= NettyConnection.WATER_MARK.high();
        add(copy);
      }
    }
  }

  /** Ends the stream after what was written before. */
  void finish() {
    add(END);
  }

  /** Lets the thread end without writing what is left. */
  void close() {
    closed = true;
    add(END);
    if (!started) {
      StartWatch.closeQuietly(out);
    }
  }

  private void add(byte[] bytes) {
    queue.add(bytes);
    LockSupport.unpark(thread);
  }

  private byte[] take() {
    byte[] next = queue.poll();
    while (next == null) {
      LockSupport.park(this);
      next = queue.poll();
    }
    return next;
  }

  private void run() {
    try (out) {
      while (true) {
        byte[] next = queue.poll();
        if (next == null) {
          out.flush();
          next = take();
        }
        if (closed || next == END) {
          break;
        }
        out.write(next);
        int length = next.length;
        loop.execute(() -> written(length));
      }
    } catch (IOException e) {
      loop.execute(() -> broken(e));
    }
  }

  private void broken(IOException cause) {
    broken = true;
    isWritable = false;
    queue.clear();
    onFailure.accept(cause);
  }

  private void written(int length) {
    queued -= length;
    if (!isWritable && !broken && queued < NettyConnection.WATER_MARK.low()) {
      isWritable = true;
      writable.run();
    }
  }
}
