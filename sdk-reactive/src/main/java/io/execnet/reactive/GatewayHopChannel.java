package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.value.ChannelReference;
import io.execnet.transport.Hop;
import org.jspecify.annotations.Nullable;

/**
 * A channel whose items go straight to a listener, on the event loop: the two ends see to it by
 * themselves that not too much is on its way.
 */
final class GatewayHopChannel implements Hop.HopChannel, ChannelReceiver, ChannelReference {

  private final DefaultGateway gateway;
  private final Hop.Listener listener;
  private int id;
  private SendQueue sendQueue; // of no channel until there is one
  private boolean closed;
  private boolean forgotten;

  GatewayHopChannel(DefaultGateway gateway, Hop.Listener listener) {
    this.gateway = gateway;
    this.listener = listener;
    this.sendQueue = new SendQueue(gateway, 0);
  }

  GatewayHopChannel withId(int channelId) {
    id = channelId;
    sendQueue = new SendQueue(gateway, channelId);
    return this;
  }

  /** The caller must have the channel before the listener is told that it can't be had. */
  void notOpened(RuntimeException error) {
    closed = true;
    gateway.threads().loop().execute(() -> listener.onClosed(error));
  }

  @Override
  public void send(Object item) {
    if (!closed) {
      sendQueue.whenRoom(() -> sendNow(item));
    }
  }

  private void sendNow(Object item) {
    try {
      gateway.engine().send(id, item);
      gateway.flushLater();
    } catch (ChannelClosedException e) {
      // the gateway is ending, which the listener will be told
    }
  }

  @Override
  public void close() {
    if (!closed) {
      forgotten = true;
      gateway.engine().close(id, null);
      gateway.flushLater();
    }
  }

  @Override
  public boolean isWritable() {
    return gateway.isWritable();
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public ChannelReference reference() {
    return this;
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    listener.onItem(item);
    gateway.engine().credit().taken(id, 1, bytes);
    gateway.flushLater();
  }

  @Override
  public void onRoom() {
    sendQueue.go();
  }

  @Override
  public void onReceiveEnd() {
    // code that lets go of a channel without closing it has ended it
    gateway.engine().close(id, null);
  }

  @Override
  public void onClosed(@Nullable ExecnetException error) {
    closed = true;
    sendQueue.end();
    if (!forgotten) {
      listener.onClosed(error);
    }
  }
}
