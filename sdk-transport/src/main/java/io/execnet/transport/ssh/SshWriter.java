package io.execnet.transport.ssh;

import io.execnet.transport.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Writes to a channel, which takes one write at a time. The state is the event loop's; SSHD's
 * threads encrypt.
 */
final class SshWriter {

  private static final Logger LOG = Loggers.getLogger(SshWriter.class);

  private static final int BATCH = 128 * 1024;
  private static final int LOW = 64 * 1024;
  private static final int HIGH = 256 * 1024;

  private final IoOutputStream out;
  private final EventLoop loop;
  private final Runnable onWritable;
  private final Consumer<Throwable> onFailure;
  private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  private long queued;
  private boolean writable = true;
  private boolean busy;
  private boolean finishing;
  private boolean closed;

  SshWriter(
      ClientChannel channel, EventLoop loop, Runnable onWritable, Consumer<Throwable> onFailure) {
    this.out = channel.getAsyncIn();
    this.loop = loop;
    this.onWritable = onWritable;
    this.onFailure = onFailure;
  }

  boolean isWritable() {
    return writable && !closed;
  }

  void write(ByteBuffer bytes) {
    if (closed || finishing) {
      bytes.position(bytes.limit());
    } else if (bytes.hasRemaining()) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      queue.add(copy);
      queued += copy.length;
      writable &= queued <= HIGH;
      next();
    }
  }

  /** Ends the stream after what was written before. */
  void finish() {
    finishing = true;
    next();
  }

  /** Writes no more. */
  void close() {
    if (!closed) {
      closed = true;
      queue.clear();
      // what is waiting for window would keep the channel from closing
      SshClients.WORKERS.execute(() -> out.close(true));
    }
  }

  private void next() {
    if (busy || closed) {
      return;
    }
    if (queue.isEmpty()) {
      if (finishing) {
        closed = true;
        SshClients.WORKERS.execute(() -> out.close(false)); // sends the end of the stream
      }
      return;
    }
    busy = true;
    Buffer batch = batch();
    int length = batch.available();
    SshClients.WORKERS.execute(() -> write(batch, length));
  }

  private Buffer batch() {
    byte[] first = queue.remove();
    if (queue.isEmpty() || first.length >= BATCH) {
      return new ByteArrayBuffer(first);
    }
    ByteArrayBuffer batch = new ByteArrayBuffer(BATCH, false);
    batch.putRawBytes(first);
    for (byte[] more = queue.peek(); more != null; more = queue.peek()) {
      if (batch.available() + more.length > BATCH) {
        break;
      }
      batch.putRawBytes(queue.remove());
    }
    return batch;
  }

  private void write(Buffer batch, int length) {
    try {
      // a thread of SSHD's own is not made to wait while keys are exchanged anew
      IoWriteFuture written = ThreadUtils.runAsInternal(batch, out::writeBuffer);
      written.addListener(it -> loop.execute(() -> written(length, failure(it))));
    } catch (IOException | RuntimeException e) {
      LOG.debug("a write to a channel that has closed", e);
      loop.execute(() -> written(length, e));
    }
  }

  private static @Nullable Throwable failure(IoWriteFuture write) {
    if (write.isWritten()) {
      return null;
    }
    Throwable cause = write.getException();
    return cause == null ? new IOException("the channel takes nothing any more") : cause;
  }

  private void written(int length, @Nullable Throwable failure) {
    busy = false;
    queued -= length;
    if (failure != null) {
      closed = true;
      queue.clear();
      onFailure.accept(failure);
      return;
    }
    next();
    if (!writable && !closed && queued < LOW) {
      writable = true;
      onWritable.run();
    }
  }
}
