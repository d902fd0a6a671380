package io.execnet.transport.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * Finds out whether the other end is still there: one that neither answers the kernel's probes nor
 * acknowledges data for that long is given up. Without epoll the time for data can't be set.
 */
final class KeepAlive {

  private static final int PROBES = 3;

  private KeepAlive() {}

  /** Sets it, where it is to be: zero lets a connection be silent for ever. */
  static void set(SocketChannel channel, Duration silence) {
    if (silence.isZero() || silence.isNegative()) {
      return;
    }
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    int seconds = (int) Math.min(24 * 60 * 60, Math.max(1, silence.toSeconds()));
    // half of the time in silence, the other half for the probes
    int interval = Math.max(1, seconds / (2 * PROBES));
    int idle = Math.max(1, seconds - PROBES * interval);
    if (channel instanceof EpollSocketChannel epoll) {
      epoll.config().setOption(EpollChannelOption.TCP_KEEPIDLE, idle);
      epoll.config().setOption(EpollChannelOption.TCP_KEEPINTVL, interval);
      epoll.config().setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
    } else if (channel instanceof NioSocketChannel) {
      set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, idle);
      set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
      set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }
  }

  /** Watches over data, once it is connected; on its event loop. */
  static void watch(Channel channel, Duration silence) {
    if (silence.isZero() || silence.isNegative()) {
      return;
    }
    channel.pipeline().addLast(new NamesTimeouts());
    if (channel instanceof EpollSocketChannel epoll) {
      AnswerWatch.start(epoll, silence);
    }
  }

  /** The kernel's own word for it does not say which time was over. */
  private static final class NamesTimeouts extends ChannelInboundHandlerAdapter {

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      String message = String.valueOf(cause.getMessage());
      boolean silent = cause instanceof IOException && message.endsWith("Connection timed out");
      ctx.fireExceptionCaught(
          silent
              ? new SocketTimeoutException("the other end does not answer any more (keepAlive)")
              : cause);
    }
  }

  private static void set(SocketChannel channel, SocketOption<Integer> option, int value) {
    // false where the system has no such option
    channel.config().setOption(NioChannelOption.of(option), value);
  }
}
