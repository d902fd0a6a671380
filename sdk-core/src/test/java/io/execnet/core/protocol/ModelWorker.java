package io.execnet.core.protocol;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The far end of a gateway under test: an engine that is told to do random things, and a simple
 * model of its channels. It runs no code: what it is to execute is a channel more, and what it is
 * to interrupt, it closes.
 */
public final class ModelWorker {

  /** What it knows of one channel. */
  public record View(
      List<String> sent,
      List<String> received,
      int taken,
      boolean waits,
      boolean sendEnded,
      boolean closedHere,
      @Nullable String closedWith) {}

  private final Random random;
  private final ModelSide side;
  private final Map<String, @Nullable Object> capabilities = new HashMap<>();
  private int counter;

  /**
   * Has not greeted yet.
   *
   * @param flow the credit that the master is going to ask for; null where it gets none
   */
  public ModelWorker(Random random, @Nullable FlowControl flow) {
    this.random = random;
    this.side =
        new ModelSide(
            random, listener -> ProtocolEngine.ofWorker(ProtocolLimits.DEFAULT, listener));
    if (random.nextInt(4) > 0) {
      capabilities.put("cancel", null);
    }
    if (random.nextBoolean()) {
      capabilities.put("marshal", null);
      capabilities.put("items", null);
      side.engine.state().encoder.marshalItems();
      side.engine.state().encoder.joinItems();
    }
    if (flow != null) {
      capabilities.put("credit", null);
      side.receive = flow.send();
      side.engine.state().control(new FlowControl(flow.send(), flow.receive()));
    }
  }

  /** The frame that it greets with. */
  public byte[] hello() {
    return Frame.bytes(Frame.hello(capabilities));
  }

  /** Whether it can interrupt what it executes. */
  public boolean interrupts() {
    return capabilities.containsKey("cancel");
  }

  /** Knows a channel that the master has opened, as if code ran there that was given it. */
  public void adopt(int id) {
    side.engine.state().register(id, side.channelOf(id), false);
    side.channelAt(id).announced = true;
  }

  /** Puts this on its way here. */
  public void send(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    side.arriving.writeBytes(copy);
  }

  /** Takes some of what is on its way here; whether that was anything. */
  public boolean receiveSome() {
    boolean some = side.arriving.size() > 0;
    if (some) {
      side.receiveSome();
    }
    return some;
  }

  /** What it has written since the last time. */
  public byte[] written() {
    byte[] bytes = side.engine.outbound().toByteArray();
    side.engine.outbound().clear();
    return bytes;
  }

  /** Does something on one of its channels. */
  public void act() {
    List<ModelChannel> open = side.open();
    if (open.isEmpty()) {
      return;
    }
    ModelChannel channel = open.get(random.nextInt(open.size()));
    switch (random.nextInt(20)) {
      case 0 -> {
        if (channel.maySend()) {
          channel.endSend();
        }
      }
      case 1 -> close(channel);
      case 2 -> sendNewChannel(channel);
      case 3, 4, 5, 6, 7, 8 -> channel.take(1 + random.nextInt(3));
      default -> {
        if (channel.maySend()) {
          channel.send("item " + counter++);
        }
      }
    }
  }

  private void close(ModelChannel channel) {
    channel.close(random.nextBoolean() ? null : "error " + counter++);
  }

  private void sendNewChannel(ModelChannel carrier) {
    if (carrier.maySend() && side.engine.credit().room(carrier.id) > 0) {
      ModelChannel inner = side.channelAt(side.engine.open(side::channelOf));
      carrier.send(inner.reference());
      inner.announced = true;
    }
  }

  /** Takes all that it holds; whether that was anything. */
  public boolean takeAll() {
    return side.takeAll();
  }

  /** Ends all that goes on. */
  public void closeAll() {
    side.open().forEach(this::close);
  }

  /** How many of its channels are open. */
  public int openChannels() {
    return side.engine.openChannels();
  }

  /** How many bytes it holds that it has not taken. */
  public long held() {
    return side.channels.values().stream().mapToLong(ModelChannel::untakenBytes).sum();
  }

  /** What it knows of a channel; nothing, where it has not heard of it. */
  public View channel(int id) {
    ModelChannel channel = side.channels.get(id);
    return channel == null
        ? new View(List.of(), List.of(), 0, false, false, false, null)
        : new View(
            channel.sent,
            channel.received,
            channel.received.size() - channel.untaken.size(),
            channel.waiting,
            channel.sendEnded,
            channel.closedHere,
            channel.closedWith);
  }
}
