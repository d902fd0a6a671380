package io.execnet.transport.socket;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Gives a connection up whose other end acknowledges nothing of what is on its way. The kernel's
 * own TCP_USER_TIMEOUT would do so too where the other end is well and only doesn't read. Lives on
 * the channel's event loop.
 */
final class AnswerWatch implements Runnable {

  private static final int LOOKS = 4;

  /** Questions whether there is room again, of which one may get lost. */
  private static final int UNANSWERED = 3;

  private final EpollSocketChannel channel;
  private final long silence;
  private final EpollTcpInfo info = new EpollTcpInfo();
  private long waitingSince;
  private boolean waiting;

  private AnswerWatch(EpollSocketChannel channel, Duration silence) {
    this.channel = channel;
    this.silence = silence.toMillis();
  }

  /** Watches a connected channel until it closes. */
  static void start(EpollSocketChannel channel, Duration silence) {
    long period = Math.max(1, silence.toMillis() / LOOKS);
    ScheduledFuture<?> looks =
        channel
            .eventLoop()
            .scheduleAtFixedRate(
                new AnswerWatch(channel, silence), period, period, TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(it -> looks.cancel(false));
  }

  @Override
  public void run() {
    if (!channel.isOpen()) {
      return;
    }
    channel.tcpInfo(info);
    long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    if (info.unacked() == 0 && info.probes() < UNANSWERED) {
      waiting = false;
    } else if (!waiting) {
      waiting = true;
      waitingSince = now;
    } else if (Math.min(now - waitingSince, info.lastAckRecv()) >= silence) {
      String message = "the other end has acknowledged nothing for " + silence + " ms (keepAlive)";
      channel.pipeline().fireExceptionCaught(new SocketTimeoutException(message));
    }
  }
}
