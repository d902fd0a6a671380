package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.value.ChannelReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** An engine whose peer is the test: frames in, frames out, and what receivers were told. */
final class EngineUnderTest implements EngineListener {

  final ProtocolEngine engine;
  final Map<Integer, RecordingReceiver> receivers = new HashMap<>();
  final Map<Integer, ChannelReference> closed = new HashMap<>();
  final List<Integer> opened = new ArrayList<>();
  final List<RuntimeException> dropped = new ArrayList<>();
  IntConsumer onChannelOpened = id -> {};
  Runnable onHello = () -> {};
  int terminations;
  final StringBuilder printed = new StringBuilder();
  final List<Set<String>> hellos = new ArrayList<>();
  final List<String> compiled = new ArrayList<>();
  final List<String> diagnoses = new ArrayList<>();

  EngineUnderTest() {
    this(ProtocolLimits.DEFAULT);
  }

  EngineUnderTest(ProtocolLimits limits) {
    engine = new ProtocolEngine(limits, this);
  }

  private EngineUnderTest(ProtocolLimits limits, @Nullable FlowControl flowControl) {
    engine = ProtocolEngine.withHello(limits, this, flowControl);
  }

  /** One that awaits the worker's HELLO. */
  static EngineUnderTest awaitingHello(@Nullable FlowControl flowControl) {
    return awaitingHello(ProtocolLimits.DEFAULT, flowControl);
  }

  /** The same with other limits. */
  static EngineUnderTest awaitingHello(ProtocolLimits limits, @Nullable FlowControl flowControl) {
    return new EngineUnderTest(limits, flowControl);
  }

  /** One that both sides have said HELLO to, and agreed on this. */
  static EngineUnderTest withCredit(CreditLimits receive, CreditLimits send) {
    return withCredit(ProtocolLimits.DEFAULT, receive, send);
  }

  /** The same with other limits. */
  static EngineUnderTest withCredit(
      ProtocolLimits limits, CreditLimits receive, CreditLimits send) {
    EngineUnderTest test = new EngineUnderTest(limits, new FlowControl(receive, send));
    test.receive(Frame.hello(Collections.singletonMap("credit", null)));
    test.sent();
    return test;
  }

  /** One whose worker said that it can do these, which need no more than their name. */
  static EngineUnderTest with(String... capabilities) {
    return with(ProtocolLimits.DEFAULT, null, capabilities);
  }

  /** The same with other limits, and with credit where the worker can do that. */
  static EngineUnderTest with(
      ProtocolLimits limits, @Nullable FlowControl flowControl, String... capabilities) {
    EngineUnderTest test = awaitingHello(limits, flowControl);
    Map<String, @Nullable Object> hello = new HashMap<>();
    for (String name : capabilities) {
      hello.put(name, null);
    }
    test.receive(Frame.hello(hello));
    test.sent();
    return test;
  }

  /** Opens a channel by running code on it, and forgets the frame that does. */
  RecordingReceiver exec() {
    int id = engine.exec(this::receiver, "pass", null, null, Map.of());
    engine.outbound().clear();
    return receiverOf(id);
  }

  /** Opens a channel that is not running anything. */
  RecordingReceiver open() {
    return receiverOf(engine.open(this::receiver));
  }

  RecordingReceiver receiver(int id) {
    RecordingReceiver receiver = new RecordingReceiver(id);
    receivers.put(id, receiver);
    return receiver;
  }

  RecordingReceiver receiverOf(int id) {
    RecordingReceiver receiver = receivers.get(id);
    if (receiver == null) {
      throw new AssertionError("no channel " + id + " was opened");
    }
    return receiver;
  }

  void receive(Frame... frames) {
    engine.receive(ByteBuffer.wrap(Frame.bytes(frames)));
  }

  /** What went out since the last time, as text. */
  List<String> sent() {
    List<String> frames =
        Frame.readAll(engine.outbound().view()).stream().map(Frame::toString).toList();
    engine.outbound().clear();
    return frames;
  }

  @Override
  public ChannelReceiver onChannelOpened(int id) {
    opened.add(id);
    onChannelOpened.accept(id);
    return receiver(id);
  }

  @Override
  public ChannelReference closedChannel(int id) {
    return closed.computeIfAbsent(id, Frame.NamedChannel::new);
  }

  @Override
  public void onCompiled(String version, byte[] code) {
    assertThat(hellos).isEmpty();
    compiled.add(version + " " + code.length);
  }

  @Override
  public void onHello(Set<String> capabilities) {
    hellos.add(capabilities);
    onHello.run();
  }

  @Override
  public void onDiagnosis(int number, String text) {
    diagnoses.add(number + " " + text);
  }

  @Override
  public void onTerminate() {
    terminations++;
  }

  @Override
  public void onOutput(int descriptor, ByteBuffer bytes) {
    printed.append(descriptor).append(':').append(StandardCharsets.US_ASCII.decode(bytes));
  }

  @Override
  public void onErrorDropped(int channelId, RuntimeException error) {
    dropped.add(error);
  }
}
