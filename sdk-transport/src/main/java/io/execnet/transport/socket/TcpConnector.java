package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Handover;
import io.execnet.transport.netty.NettyConnection;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/** Opens TCP connections, with TLS or without. */
final class TcpConnector {

  /** Nothing is known of who is at the other end, and nothing can be done to it. */
  private record FarAway(Sinks.Empty<ExitStatus> gone) implements NettyConnection.Peer {

    @Override
    public boolean isRemote() {
      return true;
    }

    @Override
    public void kill() {
      // the reset connection is all that it gets to know
    }

    /** How it ended stays unknown; that it did is known when the connection has ended. */
    @Override
    public Mono<ExitStatus> exitStatus() {
      return gone.asMono();
    }

    @Override
    public String standardError() {
      return "";
    }
  }

  private final LoopResources loops;
  private final EventLoopGroup group;

  TcpConnector(LoopResources loops) {
    this.loops = loops;
    this.group = loops.onClient(LoopResources.DEFAULT_NATIVE);
  }

  /** Connects to the first of the host's addresses that accepts; a cancel leaves nothing. */
  Mono<Connection> connect(
      HostAndPort target, @Nullable SslContext tls, Deadline deadline, Duration keepAlive) {
    Mono<Connection> connecting =
        Mono.fromCallable(() -> InetAddress.getAllByName(target.host()))
            .subscribeOn(BlockingWork.STARTS)
            .flatMap(addresses -> connect(addresses, 0, target, tls, deadline, keepAlive))
            .onErrorMap(
                UnknownHostException.class,
                e -> notReached(target, "there is no host of this name", e));
    return Mono.defer(
        () ->
            Handover.CONNECTIONS.within(
                deadline.left(), () -> tooSlow(target, tls != null, deadline), connecting));
  }

  private static BootstrapException tooSlow(HostAndPort target, boolean tls, Deadline deadline) {
    String what = tls ? "no TLS connection to " : "no connection to ";
    return new BootstrapException(Reason.TIMEOUT, what + target + " within " + deadline, "", null);
  }

  private Mono<Connection> connect(
      InetAddress[] addresses,
      int at,
      HostAndPort target,
      @Nullable SslContext tls,
      Deadline deadline,
      Duration keepAlive) {
    InetSocketAddress address = new InetSocketAddress(addresses[at], target.port());
    boolean last = at + 1 == addresses.length;
    // one that does not answer leaves the others their share; the last has what there is
    Duration share = last ? Duration.ZERO : deadline.left().dividedBy(addresses.length - at);
    Mono<Connection> one = connect(address, target, tls, share, keepAlive);
    return last
        ? one
        : one.onErrorResume(
            TcpConnector::isUnreachable,
            error -> connect(addresses, at + 1, target, tls, deadline, keepAlive));
  }

  private Mono<Connection> connect(
      InetSocketAddress address,
      HostAndPort target,
      @Nullable SslContext tls,
      Duration share,
      Duration keepAlive) {
    return Mono.<Connection>create(
            sink -> {
              ChannelFuture connecting = bootstrap(target, tls, share, keepAlive).connect(address);
              ChannelFutureListener listener =
                  done -> {
                    if (!done.isSuccess()) {
                      sink.error(notReached(target, reason(done), done.cause()));
                    } else {
                      KeepAlive.watch(connecting.channel(), keepAlive);
                      connected(connecting.channel(), target, sink);
                    }
                  };
              sink.onCancel(
                  () -> {
                    connecting.removeListener(listener);
                    connecting.channel().close();
                  });
              connecting.addListener(listener);
            })
        .doOnDiscard(Connection.class, Connection::kill);
  }

  /** Whether another address of the host may do. */
  private static boolean isUnreachable(Throwable error) {
    return error instanceof BootstrapException failed && failed.reason() == Reason.HOST_NOT_FOUND;
  }

  private static String reason(Future<?> failed) {
    Throwable cause = failed.cause();
    String message = cause == null ? null : cause.getMessage();
    return message == null ? String.valueOf(cause) : message;
  }

  private static BootstrapException notReached(
      HostAndPort target, String why, @Nullable Throwable cause) {
    return new BootstrapException(
        Reason.HOST_NOT_FOUND, "can't connect to " + target + ": " + why, "", cause);
  }

  private Bootstrap bootstrap(
      HostAndPort target, @Nullable SslContext tls, Duration share, Duration keepAlive) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channelFactory(() -> loops.onChannel(SocketChannel.class, group))
            .option(ChannelOption.AUTO_READ, false)
            // a write that fails must not lose what can still be read
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyConnection.WATER_MARK)
            .option(ChannelOption.RECVBUF_ALLOCATOR, NettyConnection.READ_SIZES)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(share)); // 0: none
    return bootstrap.handler(
        new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            KeepAlive.set(channel, keepAlive);
            if (tls != null) {
              SslHandler handler =
                  tls.newHandler(
                      channel.alloc(), target.host(), target.port(), BlockingWork.EXECUTOR);
              handler.setHandshakeTimeoutMillis(0); // it is part of the whole
              channel.pipeline().addLast(handler);
            }
          }
        });
  }

  private static int millis(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, duration.toMillis());
  }

  private static void connected(Channel channel, HostAndPort target, MonoSink<Connection> sink) {
    FarAway peer = new FarAway(Sinks.empty());
    NettyConnection connection = new NettyConnection(channel, new byte[0], peer);
    channel.closeFuture().addListener(it -> peer.gone.tryEmitEmpty());
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      sink.success(connection);
      return;
    }
    tls.handshakeFuture()
        .addListener(
            done -> {
              Throwable cause = done.cause();
              if (cause == null) {
                sink.success(connection);
              } else {
                channel.close();
                sink.error(TlsOptions.refused("the socket server " + target, cause));
              }
            });
  }
}
