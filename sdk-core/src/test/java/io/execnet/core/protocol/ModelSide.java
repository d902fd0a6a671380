package io.execnet.core.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One engine of a pair, the bytes on their way to it, and what the model knows of its channels. */
final class ModelSide implements EngineListener {

  final ProtocolEngine engine;
  final Map<Integer, ModelChannel> channels = new LinkedHashMap<>();
  final ByteArrayOutputStream arriving = new ByteArrayOutputStream();
  final Random random;
  int terminations;

  /** Whether the other side can interrupt code. */
  boolean interrupts;

  @Nullable CreditLimits receive;

  /** How much of what is on its way here belongs to a frame of which some has arrived. */
  private int restOfFrame;

  ModelSide(Random random, Function<EngineListener, ProtocolEngine> maker) {
    this.random = random;
    this.engine = maker.apply(this);
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

  /** An item has come on that channel, which is not among those that it holds yet. */
  void checkCredit(ModelChannel channel) {
    if (receive != null) {
      assertThat(channel.untaken).hasSizeLessThan(receive.items());
      assertThat(channel.untakenBytes()).isLessThan(receive.bytes());
      long all = channels.values().stream().mapToLong(ModelChannel::untakenBytes).sum();
      assertThat(all < receive.total() || channel.untaken.isEmpty()).isTrue();
    }
  }

  /** Takes all that has arrived; whether that was anything. */
  boolean takeAll() {
    boolean some = channels.values().stream().anyMatch(channel -> !channel.untaken.isEmpty());
    List.copyOf(channels.values()).forEach(channel -> channel.take(Integer.MAX_VALUE));
    return some;
  }

  /** Hands over some of what is on its way here. */
  void receiveSome() {
    ByteBuffer bytes = ByteBuffer.wrap(arriving.toByteArray());
    int count = Math.min(1 + random.nextInt(40), upToCommand(bytes));
    if (count == 0 && bytes.hasRemaining()) {
      count = follow(bytes);
    } else {
      int end = restOfFrame;
      while (end < count) {
        end += lengthOfFrame(bytes, end);
      }
      restOfFrame = end - count;
      engine.receive(bytes.slice(0, count));
    }
    arriving.reset();
    arriving.writeBytes(Arrays.copyOfRange(bytes.array(), count, bytes.capacity()));
  }

  // The engine runs no code, so what has to do with that is taken out here.

  private int upToCommand(ByteBuffer bytes) {
    int at = restOfFrame;
    while (at < bytes.capacity() && !isCommand(bytes, at)) {
      at += lengthOfFrame(bytes, at);
    }
    return at;
  }

  private static int lengthOfFrame(ByteBuffer bytes, int at) {
    return 9 + bytes.getInt(at + 5);
  }

  private static boolean isCommand(ByteBuffer bytes, int at) {
    byte type = bytes.get(at);
    String frame = new String(bytes.array(), at, lengthOfFrame(bytes, at), US_ASCII);
    return type == MessageType.CANCEL
        || (type == MessageType.CHANNEL_EXEC && !frame.contains("refused"));
  }

  private int follow(ByteBuffer bytes) {
    int id = bytes.getInt(1);
    if (bytes.get(0) == MessageType.CHANNEL_EXEC) {
      engine.state().register(id, channelOf(id), true);
      channelAt(id).announced = true;
      channelAt(id).executed = true;
    } else if (channels.containsKey(id) && !channelAt(id).closed) {
      channelAt(id).close(random.nextBoolean() ? null : "cancelled");
    }
    return lengthOfFrame(bytes, 0);
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
  public void onHello(Set<String> capabilities) {
    interrupts = capabilities.contains("cancel");
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
