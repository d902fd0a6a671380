package io.execnet.transport;

/** A Netty event loop, as connections show it. */
public final class NettyEventLoop implements EventLoop {

  private final io.netty.channel.EventLoop loop;

  /** Shows this loop. */
  public NettyEventLoop(io.netty.channel.EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public boolean inEventLoop() {
    return loop.inEventLoop();
  }
}
