package io.execnet.transport.ssh;

import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.io.IoInputStream;
import org.apache.sshd.common.io.IoReadFuture;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Reads one stream of a channel. One chunk is on its way at a time; what is not asked for stays in
 * the channel's window and then holds the other side back.
 */
final class SshReader {

  /** Who gets the chunks, on one of SSHD's threads. */
  interface Taker {

    /** The bytes are its own until it asks for the next. */
    void take(byte[] bytes, int length);

    /** Nothing more comes. */
    void end();
  }

  private static final int FIRST_CHUNK = 8 * 1024;

  /** Each chunk changes threads three times, so there should be few where there is much to read. */
  static final int LARGEST_CHUNK = 256 * 1024;

  private final IoInputStream in;
  private final Taker taker;
  // guarded by this
  private ByteArrayBuffer buffer = new ByteArrayBuffer(FIRST_CHUNK, false);
  private boolean waiting;
  private boolean ended;

  SshReader(ClientChannel channel, IoInputStream in, Taker taker) {
    this.in = in;
    this.taker = taker;
    channel.addCloseFutureListener(it -> closed());
  }

  /** Asks for the next chunk; any thread, when the last one has been taken. */
  void request() {
    SshClients.WORKERS.execute(this::read);
  }

  /** Whether a chunk has been asked for and there is none; any thread. */
  synchronized boolean isWaiting() {
    return waiting;
  }

  private void read() {
    boolean over;
    synchronized (this) {
      over = ended;
      if (!over && !waiting) {
        waiting = true;
        emptyBuffer();
        in.read(buffer).addListener(this::done);
      }
    }
    if (over) {
      taker.end();
    }
  }

  /** Where the last chunk filled it, there is more than it holds. */
  private void emptyBuffer() {
    int size = buffer.array().length;
    if (buffer.wpos() == size && size < LARGEST_CHUNK) {
      buffer = new ByteArrayBuffer(2 * size, false);
    } else {
      buffer.clear(false);
    }
  }

  private void done(IoReadFuture future) {
    boolean end = future.getException() != null;
    byte[] bytes;
    synchronized (this) {
      if (!waiting) {
        return;
      }
      waiting = false;
      ended |= end;
      bytes = buffer.array();
    }
    if (end) {
      taker.end();
    } else {
      taker.take(bytes, future.getRead());
    }
  }

  /** A read that began just when the channel closed is not answered by SSHD. */
  private void closed() {
    synchronized (this) {
      if (!waiting) {
        return;
      }
      waiting = false;
      ended = true;
    }
    taker.end();
  }
}
