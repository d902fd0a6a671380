package io.execnet.transport.popen;

import io.execnet.transport.netty.NettyConnection;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.ServerDomainSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import reactor.netty.resources.LoopResources;

/** Listening on Unix sockets: through epoll or kqueue where reactor-netty has them, else NIO. */
final class UnixSockets {

  private final LoopResources loops;
  private final EventLoopGroup group;

  UnixSockets(LoopResources loops) {
    this.loops = loops;
    this.group = loops.onServer(LoopResources.DEFAULT_NATIVE);
  }

  EventLoop next() {
    return group.next();
  }

  /**
   * Listens on a path, and blocks until it does.
   *
   * @param loop runs the listener and every connection that it accepts
   * @param accepted gets set up on each connection, which does not read by itself
   * @throws RuntimeException if the path can't be listened on
   */
  Channel listen(EventLoop loop, Path path, ChannelHandler accepted) {
    ServerChannel listener = listener();
    SocketAddress address =
        listener instanceof NioServerDomainSocketChannel
            ? UnixDomainSocketAddress.of(path)
            : new DomainSocketAddress(path.toFile());
    return new ServerBootstrap()
        .group(loop, loop)
        .channelFactory(() -> listener)
        .childOption(ChannelOption.AUTO_READ, false)
        // a write that fails must not lose what can still be read
        .childOption(ChannelOption.AUTO_CLOSE, false)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyConnection.WATER_MARK)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, NettyConnection.READ_SIZES)
        .childHandler(accepted)
        .bind(address)
        .syncUninterruptibly()
        .channel();
  }

  private ServerChannel listener() {
    try {
      return loops.onChannel(ServerDomainSocketChannel.class, group);
    } catch (IllegalArgumentException e) {
      return new NioServerDomainSocketChannel(); // reactor-netty's NIO has no Unix sockets
    }
  }
}
