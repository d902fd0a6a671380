package io.execnet.reactive;

import io.execnet.core.protocol.Outstanding;
import io.execnet.core.protocol.ProtocolEngine;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The window of a channel with credit: what is taken out of it, the other side may send anew. The
 * gateway reads on in any case.
 */
final class CreditWindow extends ReceiveWindow {

  private final DefaultGateway gateway;
  private final ChannelState channel;

  private final AtomicInteger items = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private int heldItems;
  private long heldBytes;
  private boolean released;

  CreditWindow(DefaultGateway gateway, ChannelState channel, Runnable onFull) {
    super(gateway.threads().loop(), onFull);
    this.gateway = gateway;
    this.channel = channel;
  }

  @Override
  void added(int size) {
    if (heldItems++ == 0) {
      gateway.buffer().filled(this);
    }
    heldBytes += size;
    gateway.buffer().added(size);
    check();
  }

  @Override
  void removed(int size) {
    bytes.addAndGet(size);
    if (items.getAndIncrement() == 0) {
      gateway.threads().loop().execute(this::tell);
    }
  }

  private void tell() {
    ProtocolEngine engine = gateway.engine();
    int taken = items.getAndSet(0);
    long size = bytes.getAndSet(0);
    heldItems -= taken;
    heldBytes -= size;
    if (heldItems == 0) {
      gateway.buffer().emptied(this);
    }
    engine.credit().taken(channel.id(), taken, size);
    gateway.flushLater();
    check();
  }

  private void check() {
    if (!released && gateway.engine().credit().isFull(channel.id())) {
      fill();
    } else {
      open();
    }
  }

  @Override
  void left() {
    super.left();
    gateway.buffer().check();
  }

  /** Whether nobody takes what it holds; on the event loop only. */
  boolean isUnreceived() {
    return !channel.queue().hasReceiver();
  }

  /** What nobody receives fills the buffer of the gateway, here too; on the event loop only. */
  void gatewayIsFull() {
    channel.stuck();
  }

  /** The channel whose window it is. */
  ChannelState channel() {
    return channel;
  }

  @Override
  Optional<String> fullBuffer() {
    if (released || isFull() || heldItems == 0 || !gateway.buffer().isFull()) {
      return super.fullBuffer();
    }
    return Optional.of(
        "it and other channels fill the buffer of the gateway (GroupOptions.gatewayBuffer)");
  }

  @Override
  Outstanding held() {
    return new Outstanding(heldItems, heldBytes);
  }

  @Override
  OptionalLong fullSince() {
    if (isFull()) {
      return super.fullSince();
    }
    return heldItems > 0 && !released
        ? gateway.engine().credit().exhaustedSince()
        : OptionalLong.empty();
  }

  @Override
  void release() {
    released = true;
    open();
  }
}
