package io.execnet.reactive;

import io.execnet.core.protocol.CreditLimits;
import io.execnet.core.protocol.FlowControl;
import io.execnet.core.protocol.ProtocolLimits;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputLine;
import io.execnet.transport.TransportOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The options of a group; immutable. */
public final class GroupOptions {

  /** Far more than Reactor's own, so that those who block leave threads for those who don't. */
  private static final int MAX_THREADS = 1_000;

  private static final GroupOptions DEFAULTS = new GroupOptions(new Values());

  /** Changed only before the options that hold them are made. */
  private static final class Values implements Cloneable {
    private XSpec defaultSpec = XSpec.parse("popen");
    // below the ten at which an OpenSSH server begins to refuse those that log in
    private int openConcurrency = 8;
    private Duration startTimeout = Duration.ofSeconds(30);
    private Duration terminateTimeout = Duration.ofSeconds(10);
    private Duration keepAlive = TransportOptions.DEFAULT_KEEP_ALIVE;
    private Duration ping = Duration.ZERO;
    private Duration stallThreshold = Duration.ofSeconds(30);
    private @Nullable String metrics;
    private Credentials credentials = Credentials.NONE;
    private int receiveBuffer = 1024;
    private int receiveBufferBytes = 8 << 20;
    private int sendBuffer = 1024;
    private int sendBufferBytes = 8 << 20;
    private int gatewayBufferBytes = 32 << 20;
    private boolean credit = true;
    private ProtocolLimits limits = ProtocolLimits.DEFAULT;
    private Scheduler scheduler =
        Schedulers.newBoundedElastic(
            MAX_THREADS, Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE, "shared-execnet", 60, true);
    private Consumer<OutputLine> output = new OutputLogger();

    @Override
    protected Values clone() {
      try {
        return (Values) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Values values;

  private GroupOptions(Values values) {
    this.values = values;
  }

  private GroupOptions with(Consumer<Values> change) {
    Values changed = values.clone();
    change.accept(changed);
    return new GroupOptions(changed);
  }

  /**
   * {@code popen}, 8 gateways starting at a time, 30 seconds to start, 10 to end, 30 of silence, no
   * credentials, 1,024 items or 8 MiB a channel and direction, 32 MiB a gateway, a scheduler of its
   * own, shared by all groups, whose threads come and go with the load and are at most 1,000, and
   * output to the log (standard output as INFO, standard error as WARN).
   */
  public static GroupOptions defaults() {
    return DEFAULTS;
  }

  /** What {@link Group#makeGateway()} opens. */
  public XSpec defaultSpec() {
    return values.defaultSpec;
  }

  /** These options with another default spec. */
  public GroupOptions withDefaultSpec(XSpec spec) {
    return with(it -> it.defaultSpec = spec);
  }

  /** How many gateways {@link Group#makeGateways(String...)} starts at a time. */
  public int openConcurrency() {
    return values.openConcurrency;
  }

  /**
   * These options with so many gateways starting at a time.
   *
   * @throws IllegalArgumentException if that is less than one
   */
  public GroupOptions withOpenConcurrency(int gateways) {
    if (gateways < 1) {
      throw new IllegalArgumentException("openConcurrency must be at least 1, not " + gateways);
    }
    return with(it -> it.openConcurrency = gateways);
  }

  /** How long an interpreter may take until its worker program answers. */
  public Duration startTimeout() {
    return values.startTimeout;
  }

  /** These options with another time to start. */
  public GroupOptions withStartTimeout(Duration timeout) {
    return with(it -> it.startTimeout = timeout);
  }

  /**
   * How long {@link Group#close()} and {@link Gateway#exit()} let a worker end by itself until they
   * kill it.
   */
  public Duration terminateTimeout() {
    return values.terminateTimeout;
  }

  /** These options with another time to end. */
  public GroupOptions withTerminateTimeout(Duration timeout) {
    return with(it -> it.terminateTimeout = timeout);
  }

  /**
   * How long a host that is reached over a network may be silent, when it is asked whether it is
   * there, until the gateway is lost; zero: for ever. An SSH option {@code ServerAliveInterval}
   * takes precedence.
   */
  public Duration keepAlive() {
    return values.keepAlive;
  }

  /** These options with another time for silence. */
  public GroupOptions withKeepAlive(Duration silence) {
    return with(it -> it.keepAlive = silence);
  }

  /**
   * How long a worker may take to answer whether it is there, until it is killed and the gateway
   * lost; it has to be longer than the transport takes for the largest item. Zero, the default: it
   * is not asked. The answer does not wait for code that runs, unless that is a function of C which
   * keeps the interpreter to itself. It takes {@link Capability#PING}. Where it can't be killed it
   * only loses its connection; see {@link RemoteExec#killAfter}.
   */
  public Duration ping() {
    return values.ping;
  }

  /**
   * These options with another time to answer; twice in it the worker is asked.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public GroupOptions withPing(Duration silence) {
    if (silence.isNegative()) {
      throw new IllegalArgumentException("ping must not be negative, but is " + silence);
    }
    return with(it -> it.ping = silence);
  }

  /**
   * How long a sender may wait, at either end of a channel, a print of the worker for who takes it,
   * or a cancel for the code to end, until the log says so; it does again when that is over, or the
   * gateway is. Zero: never. See {@link Gateway#flow()}.
   */
  public Duration stallThreshold() {
    return values.stallThreshold;
  }

  /**
   * These options with another time to wait until the log says so.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public GroupOptions withStallThreshold(Duration wait) {
    if (wait.isNegative()) {
      throw new IllegalArgumentException("stallThreshold must not be negative, but is " + wait);
    }
    return with(it -> it.stallThreshold = wait);
  }

  /** What the gauges of this group's gateways are tagged with, if there are any. */
  public Optional<String> metrics() {
    return Optional.ofNullable(values.metrics);
  }

  /**
   * These options with gauges in Micrometer's global registry for each gateway, brought up to date
   * every five seconds, or in half the {@link #stallThreshold()}: {@code execnet.gateway.channels},
   * {@code held} and {@code sent}, in items and bytes, {@code printed}, {@code waiting} and {@code
   * waiting.longest} by waiter; see {@link ChannelFlow}. They are tagged {@code gateway} and {@code
   * group}. There are none unless asked for, since whether they go anywhere is the caller's choice,
   * who adds a registry to the global one, and so is the name that keeps groups apart.
   *
   * @param group a name for the group, which no other has
   * @throws IllegalStateException if Micrometer is not on the class path
   */
  public GroupOptions withMetrics(String group) {
    if (!OptionalLibrary.MICROMETER.isPresent()) {
      throw new IllegalStateException("metrics need io.micrometer:micrometer-core");
    }
    return with(it -> it.metrics = group);
  }

  /** The secrets that specs can't hold, for SSH servers and socket servers. */
  public Credentials credentials() {
    return values.credentials;
  }

  /** These options with other secrets. */
  public GroupOptions withCredentials(Credentials credentials) {
    return with(it -> it.credentials = credentials);
  }

  /**
   * How many items a channel holds for a subscriber that does not request them. With as many, or
   * with {@link #receiveBufferBytes()}, the remote {@code channel.send} blocks; where the worker
   * has no {@link Capability#CREDIT}, the gateway stops reading instead, for all of its channels,
   * until half of them are taken.
   */
  public int receiveBuffer() {
    return values.receiveBuffer;
  }

  /** The same limit, in bytes of payload. */
  public int receiveBufferBytes() {
    return values.receiveBufferBytes;
  }

  /**
   * These options with another receive buffer.
   *
   * @throws IllegalArgumentException if either is less than one
   */
  public GroupOptions withReceiveBuffer(int items, int bytes) {
    requirePositive("receiveBuffer", items, bytes);
    return with(
        it -> {
          it.receiveBuffer = items;
          it.receiveBufferBytes = bytes;
        });
  }

  /**
   * How many items sent on a channel may wait at the other end until its code takes them; with as
   * many, or with {@link #sendBufferBytes()}, no more is requested from sources. It takes a worker
   * with {@link Capability#CREDIT}.
   */
  public int sendBuffer() {
    return values.sendBuffer;
  }

  /** The same limit, in bytes of payload; one item may go beyond it. */
  public int sendBufferBytes() {
    return values.sendBufferBytes;
  }

  private static void requirePositive(String name, int... limits) {
    for (int limit : limits) {
      if (limit < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, not " + limit);
      }
    }
  }

  /**
   * These options with another buffer at the other end.
   *
   * @throws IllegalArgumentException if either is less than one
   */
  public GroupOptions withSendBuffer(int items, int bytes) {
    requirePositive("sendBuffer", items, bytes);
    return with(
        it -> {
          it.sendBuffer = items;
          it.sendBufferBytes = bytes;
        });
  }

  /**
   * How many bytes of payload all channels of a gateway together hold, in each direction. With as
   * many, a channel takes one item at a time, so that none is stopped by others.
   */
  public int gatewayBufferBytes() {
    return values.gatewayBufferBytes;
  }

  /**
   * These options with another limit for all channels of a gateway together.
   *
   * @throws IllegalArgumentException if it is less than one
   */
  public GroupOptions withGatewayBuffer(int bytes) {
    requirePositive("gatewayBuffer", bytes);
    return with(it -> it.gatewayBufferBytes = bytes);
  }

  /**
   * These options for remote code that relies on what stock execnet does: its {@code channel.send}
   * never waits for who receives, as long as the gateway reads, and what is sent to it is stored
   * there without bound.
   */
  public GroupOptions withUnboundedChannels() {
    return with(it -> it.credit = false);
  }

  /** The credit that workers are asked to keep to, if any. */
  Optional<FlowControl> flowControl() {
    int total = values.gatewayBufferBytes;
    return values.credit
        ? Optional.of(
            new FlowControl(
                new CreditLimits(values.receiveBuffer, values.receiveBufferBytes, total),
                new CreditLimits(values.sendBuffer, values.sendBufferBytes, total)))
        : Optional.empty();
  }

  /** Bounds on values, payloads and channels. */
  public ProtocolLimits limits() {
    return values.limits;
  }

  /** These options with other limits. */
  public GroupOptions withLimits(ProtocolLimits limits) {
    return with(it -> it.limits = limits);
  }

  /**
   * Where subscribers get their signals and sources their requests; {@link Schedulers#immediate()}
   * saves a change of threads by using the event loop itself, and then neither may ever block.
   */
  public Scheduler scheduler() {
    return values.scheduler;
  }

  /** These options with another scheduler for signals. */
  public GroupOptions withScheduler(Scheduler scheduler) {
    return with(it -> it.scheduler = scheduler);
  }

  /** Gets each line that a worker prints, on a thread that may block. */
  public Consumer<OutputLine> output() {
    return values.output;
  }

  /** These options with another consumer of what workers print. */
  public GroupOptions withOutput(Consumer<OutputLine> consumer) {
    return with(it -> it.output = consumer);
  }
}
