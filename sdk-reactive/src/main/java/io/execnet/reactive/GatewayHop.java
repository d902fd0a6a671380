package io.execnet.reactive;

import io.execnet.core.ExecnetException;
import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.EventLoop;
import io.execnet.transport.Hop;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/** A gateway as transports use it. */
final class GatewayHop implements Hop {

  private final DefaultGateway gateway;

  GatewayHop(DefaultGateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public String id() {
    return gateway.id();
  }

  /** A command of several words may lead into a container, say. */
  @Override
  public boolean isLocal() {
    XSpec spec = gateway.spec();
    return spec.popen()
        && spec.via().isEmpty()
        && spec.python().map(python -> python.indexOf(' ') < 0).orElse(true);
  }

  @Override
  public EventLoop eventLoop() {
    return gateway.threads().loop();
  }

  @Override
  public HopChannel run(String source, String function, Map<String, ?> kwargs, Listener listener) {
    return open(
        listener, receivers -> gateway.engine().exec(receivers, source, null, function, kwargs));
  }

  @Override
  public HopChannel open(Listener listener) {
    return open(listener, gateway.engine()::open);
  }

  private HopChannel open(
      Listener listener, ToIntFunction<IntFunction<? extends ChannelReceiver>> opener) {
    GatewayHopChannel channel = new GatewayHopChannel(gateway, listener);
    try {
      gateway.checkOpen();
      opener.applyAsInt(channel::withId);
      gateway.flushLater();
    } catch (ExecnetException | IllegalStateException e) {
      channel.notOpened(e);
    }
    return channel;
  }
}
