package io.execnet.transport.popen;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.NettyEventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The connection to a worker that connected back: a Unix socket under Netty. */
final class SocketConnection extends ChannelInboundHandlerAdapter implements Connection {

  /** After the process ended, a socket that is silent for so long holds nothing more of it. */
  private static final Duration QUIET = Duration.ofMillis(200);

  private final Channel channel;
  private final EventLoop loop;
  private final WorkerProcess process;
  private final AtomicBoolean started = new AtomicBoolean();
  private @Nullable ConnectionHandler handler;
  // a copy, so that a connection which nobody starts keeps no buffer of Netty's
  private final ArrayDeque<byte[]> early = new ArrayDeque<>();
  private @Nullable Throwable failure;
  private boolean reading = true;
  private boolean heard;
  private boolean ended;

  /**
   * Takes the channel over, on its event loop.
   *
   * @param first what was read from it already
   */
  SocketConnection(Channel channel, byte[] first, WorkerProcess process) {
    this.channel = channel;
    this.loop = new NettyEventLoop(channel.eventLoop());
    this.process = process;
    this.early.add(first);
    channel.pipeline().addLast(this);
    channel.closeFuture().addListener(it -> closed());
    process.ended().thenRun(() -> loop.execute(this::watchForQuiet));
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void start(ConnectionHandler listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection has a handler already");
    }
    loop.execute(() -> begin(listener));
  }

  private void begin(ConnectionHandler listener) {
    handler = listener;
    heard = true;
    for (byte[] bytes = early.poll(); bytes != null; bytes = early.poll()) {
      if (bytes.length > 0) {
        listener.onBytes(ByteBuffer.wrap(bytes));
      }
    }
    if (channel.isOpen()) {
      channel.config().setAutoRead(reading);
    } else {
      closed();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    ConnectionHandler listener = handler;
    heard = true;
    try {
      if (listener == null) {
        // a transport may read without being asked, at the end of the stream
        early.add(ByteBufUtil.getBytes(bytes));
      } else {
        listener.onBytes(bytes.nioBuffer());
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ConnectionHandler listener = handler;
    if (channel.isWritable() && listener != null) {
      listener.onWritable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure = cause;
    ctx.close();
  }

  private void closed() {
    ConnectionHandler listener = handler;
    if (listener != null && !ended) {
      ended = true;
      listener.onClosed(failure);
    }
  }

  /** A process that the worker left behind may hold the socket open: then silence is the end. */
  private void watchForQuiet() {
    heard = false;
    channel.eventLoop().schedule(this::closeIfQuiet, QUIET.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeIfQuiet() {
    if (!channel.isOpen()) {
      return;
    }
    if (heard || !reading || handler == null) {
      watchForQuiet();
    } else {
      channel.close();
    }
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
    heard |= on;
    if (handler != null) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (channel.isActive()) {
      ByteBuf copy = channel.alloc().directBuffer(bytes.remaining());
      copy.writeBytes(bytes);
      channel.writeAndFlush(copy); // if it fails, what the worker said last can still be read
    } else {
      bytes.position(bytes.limit());
    }
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void close() {
    // completes after everything that was written before it
    loop.execute(
        () ->
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
  }

  @Override
  public void kill() {
    process.kill();
    channel.close();
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

  @Override
  public String toString() {
    return "SocketConnection over " + channel.getClass().getSimpleName();
  }
}
