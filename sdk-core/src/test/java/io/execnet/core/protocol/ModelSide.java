package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.value.ChannelReference;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiFunction;

/** One engine of a pair, the bytes on their way to it, and what the model knows of its channels. */
final class ModelSide implements EngineListener {

  final ProtocolEngine engine;
  final Map<Integer, ModelChannel> channels = new LinkedHashMap<>();
  final ByteArrayOutputStream arriving = new ByteArrayOutputStream();
  final Random random;
  int terminations;

  ModelSide(Random random, BiFunction<ProtocolLimits, EngineListener, ProtocolEngine> maker) {
    this.random = random;
    this.engine = maker.apply(ProtocolLimits.DEFAULT, this);
  }

  /** A new channel of that id. */
  ModelChannel channelOf(int id) {
    ModelChannel channel = new ModelChannel(this, id);
    assertThat(channels.put(id, channel)).as("channel %d opens once", id).isNull();
    return channel;
  }

  ModelChannel channelAt(int id) {
    return Objects.requireNonNull(channels.get(id));
  }

  /** Hands over some of what is on its way here. */
  void receiveSome() {
    byte[] bytes = arriving.toByteArray();
    int count = Math.min(bytes.length, 1 + random.nextInt(40));
    arriving.reset();
    arriving.writeBytes(Arrays.copyOfRange(bytes, count, bytes.length));
    engine.receive(ByteBuffer.wrap(bytes, 0, count));
  }

  /** Puts what went out on its way. */
  void sendTo(ModelSide other) {
    other.arriving.writeBytes(engine.outbound().toByteArray());
    engine.outbound().clear();
  }

  List<ModelChannel> open() {
    return channels.values().stream().filter(channel -> !channel.closed).toList();
  }

  @Override
  public ChannelReceiver onChannelOpened(int id) {
    ModelChannel channel = channelOf(id);
    channel.announced = true;
    return channel;
  }

  @Override
  public ChannelReference closedChannel(int id) {
    return new Frame.NamedChannel(id);
  }

  @Override
  public void onTerminate() {
    terminations++;
  }

  @Override
  public void onOutput(int descriptor, ByteBuffer bytes) {}

  @Override
  public void onErrorDropped(int channelId, RuntimeException error) {
    throw new AssertionError(error);
  }
}
