package io.execnet.transport.popen;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.HandlerSlot;
import io.execnet.transport.NettyEventLoop;
import io.execnet.transport.QuietEnd;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The connection to a worker over its standard input and output. Pipes can only be read and written
 * by blocking, so each direction has a thread of its own; the rest happens on the event loop.
 */
final class PipeConnection implements Connection {

  private final EventLoop loop;
  private final WorkerProcess process;
  private final PipeReader reader;
  private final PipeWriter writer;
  private final HandlerSlot slot = new HandlerSlot();
  private final QuietEnd quiet;
  private boolean closing;

  PipeConnection(
      String gatewayId, io.netty.channel.EventLoop netty, Process child, WorkerProcess process) {
    this.loop = new NettyEventLoop(netty);
    this.process = process;
    this.reader = new PipeReader(gatewayId, child.getInputStream(), loop, this::bytes, this::shut);
    this.quiet = new QuietEnd(loop, () -> !slot.isEnded(), reader::isWaiting, this::shut);
    this.writer =
        new PipeWriter(gatewayId, child.getOutputStream(), loop, slot::writable, this::writeFailed);
    process.ended().thenRun(() -> loop.execute(quiet::processEnded));
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void start(ConnectionHandler listener) {
    slot.claim();
    loop.execute(
        () -> {
          quiet.heard();
          if (slot.fill(listener)) {
            reader.start();
            writer.start();
          }
        });
  }

  private void bytes(ByteBuffer bytes) {
    quiet.heard();
    slot.bytes(bytes, this::shut);
  }

  /** On the loop: the end, seen from here. */
  private void shut(@Nullable Throwable cause) {
    if (slot.end(cause)) {
      reader.close();
      writer.close();
      slot.tell();
    }
  }

  @Override
  public void setReading(boolean reading) {
    quiet.heard();
    reader.setReading(reading || closing);
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (slot.isEnded() || closing) {
      bytes.position(bytes.limit());
    } else {
      writer.write(bytes);
    }
  }

  private void writeFailed(Throwable cause) {
    if (!closing) { // else it may work on, and nothing more is to be written
      quiet.writeFailed(cause);
    }
  }

  @Override
  public boolean isWritable() {
    return !slot.isEnded() && writer.isWritable();
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          if (!slot.isFilled()) {
            shut(null);
          } else if (!slot.isEnded()) {
            writer.finish();
            closing = true;
            reader.setReading(true); // for what it says last, and to see its end
          }
        });
  }

  @Override
  public void kill() {
    process.kill();
    loop.execute(() -> shut(null));
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return process.exitStatus();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return Optional.empty();
  }

  @Override
  public String standardError() {
    return process.standardError();
  }
}
