package io.execnet.transport.ssh;

import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.output.OutputTail;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.channel.ClientChannel;
import org.jspecify.annotations.Nullable;

/**
 * The standard error of a command, which is a stream of its channel and shares the channel's
 * window. What our worker program prints comes as frames instead, so here come only a shell's
 * messages before it, and what it leaves unsent after it: that is always read, and a consumer who
 * blocks for long misses some. A stock worker prints here; such a consumer in the end holds back
 * everything from it.
 */
final class SshErrors implements SshReader.Taker {

  /** So much waits for the consumer. */
  private static final int ROOM = SshReader.LARGEST_CHUNK;

  private final OutputSink sink;
  private final boolean holdsBack;
  private final OutputTail tail = new OutputTail();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable SshReader reader;
  // guarded by this
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private boolean busy;
  private boolean over;

  /**
   * Reads nothing yet.
   *
   * @param holdsBack whether nothing is read while the consumer blocks
   */
  SshErrors(OutputSink sink, boolean holdsBack) {
    this.sink = sink;
    this.holdsBack = holdsBack;
  }

  /** Begins to read; once. */
  void start(ClientChannel channel) {
    SshReader source = new SshReader(channel, channel.getAsyncErr(), this);
    reader = source;
    source.request();
  }

  /** Completes when all of it has been handed over. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  String text() {
    return tail.text();
  }

  @Override
  public void take(byte[] bytes, int length) {
    tail.add(bytes, 0, length);
    synchronized (this) {
      waiting.write(bytes, 0, Math.min(length, ROOM - waiting.size()));
      next();
    }
    if (!holdsBack) {
      request();
    }
  }

  @Override
  public synchronized void end() {
    over = true;
    next();
  }

  /** One chunk at a time, so that they stay in order. */
  private synchronized void next() {
    if (busy) {
      return;
    }
    byte[] chunk = waiting.toByteArray();
    waiting.reset();
    if (chunk.length > 0) {
      busy = true;
      BlockingWork.OUTPUT.schedule(() -> handOver(chunk));
    } else if (over) {
      busy = true;
      BlockingWork.OUTPUT.schedule(
          () -> {
            sink.end();
            ended.complete(null);
          });
    }
  }

  private void handOver(byte[] chunk) {
    sink.accept(chunk, chunk.length);
    synchronized (this) {
      busy = false;
      next();
    }
    if (holdsBack) {
      request();
    }
  }

  private void request() {
    SshReader source = reader;
    if (source != null) {
      source.request();
    }
  }
}
