package io.execnet.transport.netty;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.HandlerSlot;
import io.execnet.transport.NettyEventLoop;
import io.execnet.transport.QuietEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A connection over a Netty channel, which was made without AUTO_READ and AUTO_CLOSE, and with
 * {@link #WATER_MARK}. Its state lives on the channel's event loop.
 */
public final class NettyConnection extends ChannelInboundHandlerAdapter implements Connection {

  /** At most so much waits to be written before a connection counts as not writable. */
  public static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  /** Reads as much at once as a socket's buffer mostly holds, where that much comes. */
  public static final RecvByteBufAllocator READ_SIZES =
      new AdaptiveRecvByteBufAllocator(64, 2048, 256 * 1024);

  /**
   * Much larger ones come from no pool, so that each is memory which the process has to get anew.
   */
  private static final int MOST_COPIED = 256 * 1024;

  /** Who is at the other end, apart from the bytes. */
  public interface Peer {

    /** Whether it is reached by TCP, rather than by a socket of this host. */
    default boolean isRemote() {
      return false;
    }

    /** Ends it by force, where there is a way to; must not block. */
    void kill();

    /** As {@link Connection#exitStatus()}. */
    Mono<ExitStatus> exitStatus();

    /** As {@link Connection#standardError()}. */
    String standardError();
  }

  /** How long the other side may take to end when it has been told that this one has. */
  private static final Duration LINGER = Duration.ofSeconds(30);

  private final Channel channel;
  private final EventLoop loop;
  private final Peer peer;
  private final Optional<SocketAddress> address;
  private final HandlerSlot slot = new HandlerSlot();
  private final QuietEnd quiet;
  private final ChannelFutureListener written = this::written;
  // a copy, so that a connection which nobody starts keeps no buffer of Netty's
  private final ArrayDeque<byte[]> early = new ArrayDeque<>();
  private @Nullable Throwable failure;
  private boolean reading = true;
  private boolean closing;

  /**
   * Takes the channel over, on its event loop.
   *
   * @param first what was read from it already
   */
  public NettyConnection(Channel channel, byte[] first, Peer peer) {
    this.channel = channel;
    this.loop = new NettyEventLoop(channel.eventLoop());
    this.peer = peer;
    this.quiet = new QuietEnd(loop, channel::isOpen, () -> reading && slot.isFilled(), this::fail);
    this.address = peer.isRemote() ? Optional.of(channel.remoteAddress()) : Optional.empty();
    this.early.add(first);
    channel.pipeline().addLast(this);
    if (channel.pipeline().get(SslHandler.class) == null) {
      channel.closeFuture().addListener(it -> closed());
    } else {
      // TLS tells what was wrong right after it has closed for that
      channel.closeFuture().addListener(it -> loop.execute(this::closed));
    }
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void start(ConnectionHandler listener) {
    slot.claim();
    loop.execute(() -> begin(listener));
  }

  private void begin(ConnectionHandler listener) {
    slot.fill(listener);
    quiet.heard();
    for (byte[] bytes = early.poll(); bytes != null; bytes = early.poll()) {
      if (bytes.length > 0) {
        slot.bytes(ByteBuffer.wrap(bytes), this::fail);
      }
    }
    if (channel.isOpen()) {
      channel.config().setAutoRead(reading || closing);
    } else {
      closed();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    quiet.heard();
    try {
      if (slot.isFilled()) {
        slot.bytes(bytes.nioBuffer(), this::fail);
      } else if (!closing) { // else nobody wants it
        // a transport may read without being asked, at the end of the stream
        early.add(ByteBufUtil.getBytes(bytes));
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      slot.writable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
  }

  private void fail(@Nullable Throwable cause) {
    failure = cause;
    channel.close();
  }

  private void closed() {
    if (slot.isFilled() && slot.end(failure)) {
      slot.tell();
    }
  }

  /**
   * The process at the other end has ended. One that it left behind may hold the socket open: then
   * silence is the end. To be called on the event loop.
   */
  public void closeWhenQuiet() {
    quiet.processEnded();
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
    quiet.heard();
    if (slot.isFilled() && !closing) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  public void write(ByteBuffer bytes) {
    int end = bytes.limit();
    while (bytes.position() < end && channel.isActive() && !closing) {
      bytes.limit(Math.min(end, bytes.position() + MOST_COPIED));
      ByteBuf copy = channel.alloc().directBuffer(bytes.remaining());
      copy.writeBytes(bytes);
      channel.write(copy).addListener(written);
    }
    bytes.limit(end).position(end);
    channel.flush();
  }

  private void written(ChannelFuture write) {
    if (!write.isSuccess() && !closing && channel.isOpen()) {
      quiet.writeFailed(write.cause());
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
            channel
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(peer.isRemote() ? it -> endOutput() : ChannelFutureListener.CLOSE));
  }

  /**
   * Over a network a plain close could throw away what is still on its way to the other side, which
   * it does when something from there has not been read. So it is told the end, and what it still
   * says is handed over until it ends too.
   */
  private void endOutput() {
    if (closing || !channel.isOpen()) {
      return;
    }
    closing = true;
    early.clear();
    channel.config().setAutoRead(true);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound().addListener(it -> shutdownOutput());
    } else {
      shutdownOutput();
    }
  }

  private void shutdownOutput() {
    ((DuplexChannel) channel)
        .shutdownOutput()
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                channel.close(); // it is gone already
              }
            });
    channel.eventLoop().schedule(this::reset, LINGER.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Closes without a word more, TLS's last ones included. */
  private void reset() {
    if (channel.isOpen()) {
      if (peer.isRemote()) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      channel.pipeline().firstContext().close();
    }
  }

  @Override
  public void kill() {
    peer.kill();
    loop.execute(this::reset);
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return peer.exitStatus();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return address;
  }

  @Override
  public String standardError() {
    return peer.standardError();
  }

  @Override
  public String toString() {
    return "NettyConnection over " + channel.getClass().getSimpleName();
  }
}
