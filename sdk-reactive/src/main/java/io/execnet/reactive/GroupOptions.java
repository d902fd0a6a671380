package io.execnet.reactive;

import io.execnet.core.protocol.ProtocolLimits;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputLine;
import io.execnet.transport.TransportOptions;
import java.time.Duration;
import java.util.function.Consumer;
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
    private Credentials credentials = Credentials.NONE;
    private int receiveBuffer = 1024;
    private int receiveBufferBytes = 8 << 20;
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
   * credentials, 1,024 items or 8 MiB a channel, a scheduler of its own, shared by all groups,
   * whose threads come and go with the load and are at most 1,000, and output to the log (standard
   * output as INFO, standard error as WARN).
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

  /** The secrets that specs can't hold, for SSH servers and socket servers. */
  public Credentials credentials() {
    return values.credentials;
  }

  /** These options with other secrets. */
  public GroupOptions withCredentials(Credentials credentials) {
    return with(it -> it.credentials = credentials);
  }

  /**
   * How many items a channel holds for a subscriber that does not request them; with more than
   * that, or with {@link #receiveBufferBytes()}, the gateway stops reading, for all of its
   * channels, until half of them are taken.
   */
  public int receiveBuffer() {
    return values.receiveBuffer;
  }

  /** The same limit, in bytes of payload. */
  public int receiveBufferBytes() {
    return values.receiveBufferBytes;
  }

  /** These options with another receive buffer. */
  public GroupOptions withReceiveBuffer(int items, int bytes) {
    return with(
        it -> {
          it.receiveBuffer = items;
          it.receiveBufferBytes = bytes;
        });
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
