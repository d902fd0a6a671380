package io.execnet.benchmarks.frame;

import io.execnet.core.ExecnetException;
import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.protocol.EngineListener;
import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.core.protocol.ProtocolLimits;
import io.execnet.core.value.ChannelReference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An engine with one open channel, which counts what it receives. */
final class ReceivingEngine implements EngineListener, ChannelReceiver {

  private record Reference(int id) implements ChannelReference {}

  private final ProtocolEngine engine = new ProtocolEngine(ProtocolLimits.DEFAULT, this);
  private final int channelId = engine.open(id -> this);
  private long items;
  private @Nullable Object last;

  int channelId() {
    return channelId;
  }

  void receive(ByteBuffer bytes) {
    engine.receive(bytes);
  }

  long items() {
    return items;
  }

  @Nullable Object last() {
    return last;
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    items++;
    last = item;
  }

  @Override
  public ChannelReference reference() {
    return new Reference(channelId);
  }

  @Override
  public ChannelReceiver onChannelOpened(int id) {
    return this;
  }

  @Override
  public ChannelReference closedChannel(int id) {
    return new Reference(id);
  }

  @Override
  public void onReceiveEnd() {}

  @Override
  public void onClosed(@Nullable ExecnetException error) {
    throw new IllegalStateException("the channel was closed", error);
  }

  @Override
  public void onTerminate() {}

  @Override
  public void onOutput(int descriptor, ByteBuffer bytes) {}
}
