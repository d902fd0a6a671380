package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.protocol.ModelWorker;
import io.execnet.transport.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A gateway whose worker is a model, all on one thread: each turn of its event loop, each signal on
 * its scheduler and each byte on its way waits until a step lets it happen.
 */
final class ModelGateway {

  private static final int CHANNELS = 6;

  final Random random;
  final ModelWorker worker;
  final GroupOptions options;
  final DefaultGateway gateway;
  private final ModelLoop loop = new ModelLoop();
  private final ModelLoop signals = new ModelLoop();
  private final Wire wire = new Wire();
  private final ByteArrayOutputStream arriving = new ByteArrayOutputStream();
  private final Map<Integer, ModelConversation> conversations = new LinkedHashMap<>();
  private final List<ModelResult> opening = new ArrayList<>();
  private final StringBuilder trace = new StringBuilder();
  private final List<String> violations = new ArrayList<>();
  private int counter;
  private boolean ended;
  private boolean exits;

  ModelGateway(Random random, boolean credit) {
    this.random = random;
    GroupOptions bounds =
        GroupOptions.defaults()
            .withReceiveBuffer(1 + random.nextInt(5), 1 + random.nextInt(60))
            .withSendBuffer(1 + random.nextInt(5), 1 + random.nextInt(60))
            .withGatewayBuffer(1 + random.nextInt(200))
            .withStallThreshold(Duration.ZERO)
            .withPing(Duration.ZERO);
    this.options =
        bounds.withScheduler(
            random.nextBoolean()
                ? Schedulers.immediate()
                : Schedulers.fromExecutor(signals::execute));
    this.worker = new ModelWorker(random, credit ? bounds.flowControl().orElseThrow() : null);
    this.gateway = FakeGateways.over(wire, options);
    loop.run(gateway::start);
    runAll();
  }

  /** Does things, and sees to it that all of them come to the end that they must come to. */
  void run(int steps) {
    int endAt = random.nextInt(2 * steps);
    for (int step = 0; step < steps && !ended; step++) {
      if (step == endAt) {
        end(random.nextInt(4));
      } else {
        step();
      }
      conversations.values().forEach(ModelConversation::checkBounds);
      checkOpen();
    }
    finish();
  }

  private void checkOpen() {
    if (gateway.isOpen() == ended) {
      violation("open: " + gateway.isOpen());
    }
    checkNoViolations();
  }

  private void step() {
    switch (random.nextInt(26)) {
      case 0, 1 -> open();
      case 2 -> setWritable(!wire.writable);
      case 3 -> {
        settle();
        checkSettled();
      }
      case 4, 5, 6 -> worker.act();
      case 7, 8, 9 -> worker.receiveSome();
      case 10, 11, 12 -> deliver(1 + random.nextInt(60));
      case 13, 14, 15, 16 -> loop.runOne();
      case 17, 18 -> signals.runOne();
      default -> anyConversation();
    }
  }

  private void anyConversation() {
    if (!conversations.isEmpty()) {
      List<ModelConversation> all = List.copyOf(conversations.values());
      all.get(random.nextInt(all.size())).step();
    }
  }

  private void open() {
    if (conversations.size() + opening.size() >= CHANNELS) {
      return;
    }
    boolean executes = random.nextBoolean();
    Mono<Channel> channel =
        executes ? gateway.remoteExec("runs").open() : gateway.newChannel().doOnNext(this::adopt);
    ModelResult result =
        result("open", channel.doOnNext(it -> begin((DefaultChannel) it, executes)));
    opening.add(result);
    if (random.nextInt(6) == 0) {
      result.cancel();
    }
  }

  private void adopt(Channel channel) {
    if (!ended) {
      worker.adopt(channel.id());
    }
  }

  /** Has somebody look after a channel from now on. */
  void begin(DefaultChannel channel, boolean executes) {
    conversations.computeIfAbsent(
        channel.id(), id -> new ModelConversation(this, channel, executes));
  }

  /** Any of the channels that somebody looks after. */
  DefaultChannel anyChannel() {
    List<ModelConversation> all = List.copyOf(conversations.values());
    return all.get(random.nextInt(all.size())).channel;
  }

  private void setWritable(boolean writable) {
    wire.writable = writable;
    if (writable) {
      loop.run(gateway::onWritable);
    }
  }

  private boolean deliver(int most) {
    arriving.writeBytes(worker.written());
    // what was read already may still be handed over
    boolean reads = wire.reading || random.nextInt(10) == 0;
    int count = reads && !ended ? Math.min(most, arriving.size()) : 0;
    if (count == 0) {
      return false;
    }
    byte[] bytes = arriving.toByteArray();
    arriving.reset();
    arriving.write(bytes, count, bytes.length - count);
    loop.run(() -> gateway.onBytes(ByteBuffer.wrap(Arrays.copyOf(bytes, count))));
    return true;
  }

  /** Lets all happen that does so by itself. */
  private void settle() {
    if (!ended) {
      setWritable(true);
    }
    boolean goesOn = true;
    while (goesOn) {
      goesOn = runAll();
      while (!ended && worker.receiveSome()) {
        goesOn = true;
      }
      while (wire.reading && deliver(Integer.MAX_VALUE)) {
        goesOn = true;
      }
    }
    checkNoViolations();
  }

  private void checkSettled() {
    Map<Integer, ChannelFlow> flows =
        gateway.flowNow().channels().stream()
            .collect(Collectors.toMap(ChannelFlow::channelId, flow -> flow));
    conversations.forEach((id, each) -> each.checkSettled(flows.get(id)));
    checkNoViolations();
  }

  private boolean runAll() {
    boolean some = false;
    while (loop.runOne() || signals.runOne()) {
      some = true;
    }
    return some;
  }

  /** The gateway ends, in one way or another. */
  private void end(int way) {
    note("end " + way);
    ended = true;
    switch (way) {
      case 0 -> loop.run(() -> wire.end(null));
      case 1 -> loop.run(() -> wire.end(new IOException("broken")));
      case 2 -> loop.run(() -> gateway.condemn("to be lost"));
      default -> {
        exits = true;
        loop.run(() -> opening.add(result("exit", gateway.exit())));
      }
    }
  }

  private void finish() {
    settle();
    if (!ended) {
      checkSettled();
    }
    takeAll();
    if (!ended) {
      worker.closeAll();
      takeAll();
    }
    conversations.values().forEach(ModelConversation::checkEnd);
    opening.forEach(result -> result.checkEnded(error -> ended));
    checkNoViolations();
    assertThat(gateway.engine().openChannels()).as("open channels").isZero();
    if (!ended) {
      assertThat(worker.openChannels()).as("open channels of the worker").isZero();
      assertThat(wire.reading).as("reading").isTrue();
    }
    assertThat(gateway.buffer().holding()).as("held").isEmpty();
    assertThat(gateway.flowNow().channels()).as("flow").isEmpty();
  }

  /** Whoever waits for somebody to take something does so no longer. */
  private void takeAll() {
    int seen;
    do {
      seen = trace.length();
      List.copyOf(conversations.values()).forEach(ModelConversation::takeAll);
      settle();
    } while ((!ended && worker.takeAll()) | beginForgotten() | trace.length() > seen);
  }

  /** Channels that came in what was discarded; in time, the collector would find them. */
  private boolean beginForgotten() {
    int before = conversations.size();
    Stream<ChannelState> open = gateway.engine().receivers().stream().map(ChannelState.class::cast);
    Stream<ChannelState> holding = gateway.buffer().holding().stream().map(CreditWindow::channel);
    Stream.concat(open, holding).toList().forEach(state -> begin(state.reference(), false));
    return conversations.size() > before;
  }

  // ---- for conversations

  /** Whether all turns were done, and all signals given. */
  boolean isIdle() {
    return loop.isIdle() && signals.isIdle();
  }

  boolean hasEnded() {
    return ended;
  }

  boolean hasExited() {
    return exits;
  }

  boolean isWritable() {
    return wire.writable;
  }

  /** Whether who waits is told in the turn in which it happens. */
  boolean tellsAtOnce() {
    return options.scheduler() == Schedulers.immediate();
  }

  boolean reads() {
    return wire.reading;
  }

  boolean hasCredit() {
    return gateway.capabilities().contains(Capability.CREDIT);
  }

  /** A new label. */
  String next(String prefix) {
    return prefix + counter++;
  }

  ModelResult result(String name, Mono<?> mono) {
    ModelResult result = new ModelResult(this, next(name + " "));
    note(result + " begins");
    mono.subscribe(result);
    return result;
  }

  void note(String event) {
    trace.append(event).append('\n');
  }

  void violation(String what) {
    note("VIOLATION " + what);
    violations.add(what);
  }

  private void checkNoViolations() {
    if (!violations.isEmpty()) {
      throw new AssertionError(String.join("; ", violations));
    }
  }

  /** All that was seen, in its order. */
  String trace() {
    return trace.toString();
  }

  private final class Wire extends FakeConnection {

    private boolean over;

    @Override
    public EventLoop eventLoop() {
      return loop;
    }

    @Override
    byte[] hello() {
      return worker.hello();
    }

    @Override
    public void write(ByteBuffer bytes) {
      worker.send(bytes);
    }

    @Override
    public void close() {
      loop.execute(() -> end(null));
    }

    @Override
    public void kill() {
      close();
    }

    private void end(@Nullable Throwable cause) {
      if (!over) {
        over = true;
        gateway.onClosed(cause);
      }
    }
  }
}
