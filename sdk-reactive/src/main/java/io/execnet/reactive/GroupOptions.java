package io.execnet.reactive;

import io.execnet.core.protocol.ProtocolLimits;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.OutputLine;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The options of a group; immutable.
 *
 * @param defaultSpec what {@link Group#makeGateway()} opens
 * @param openConcurrency how many gateways {@link Group#makeGateways(String...)} starts at a time
 * @param startTimeout how long an interpreter may take until its worker program answers
 * @param terminateTimeout how long {@link Group#close()} and {@link Gateway#exit()} let a worker
 *     end by itself until they kill it
 * @param receiveBuffer how many items a channel holds for a subscriber that does not request them;
 *     with more than that, or with {@code receiveBufferBytes}, the gateway stops reading, for all
 *     of its channels, until half of them are taken
 * @param receiveBufferBytes the same limit, in bytes of payload
 * @param limits bounds on values, payloads and channels
 * @param scheduler where subscribers get their signals and sources their requests; {@link
 *     Schedulers#immediate()} saves a change of threads by using the event loop itself, and then
 *     neither may ever block
 * @param output gets each line that a worker prints, on a thread that may block
 */
public record GroupOptions(
    XSpec defaultSpec,
    int openConcurrency,
    Duration startTimeout,
    Duration terminateTimeout,
    int receiveBuffer,
    int receiveBufferBytes,
    ProtocolLimits limits,
    Scheduler scheduler,
    Consumer<OutputLine> output) {

  /** Far more than Reactor's own, so that those who block leave threads for those who don't. */
  private static final int MAX_THREADS = 1_000;

  /** Below the ten at which an OpenSSH server begins to refuse those that log in. */
  private static final int OPEN_CONCURRENCY = 8;

  private static final GroupOptions DEFAULTS =
      new GroupOptions(
          XSpec.parse("popen"),
          OPEN_CONCURRENCY,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          1024,
          8 << 20,
          ProtocolLimits.DEFAULT,
          Schedulers.newBoundedElastic(
              MAX_THREADS,
              Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE,
              "shared-execnet",
              60,
              true),
          new OutputLogger());

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one of them makes no sense
   */
  public GroupOptions {
    if (openConcurrency < 1) {
      throw new IllegalArgumentException(
          "openConcurrency must be at least 1, not " + openConcurrency);
    }
  }

  /**
   * {@code popen}, 8 gateways starting at a time, 30 seconds to start, 10 to end, 1,024 items or 8
   * MiB a channel, a scheduler of its own, shared by all groups, whose threads come and go with the
   * load and are at most 1,000, and output to the log (standard output as INFO, standard error as
   * WARN).
   */
  public static GroupOptions defaults() {
    return DEFAULTS;
  }

  /** These options with another spec for {@link Group#makeGateway()}. */
  public GroupOptions withDefaultSpec(XSpec spec) {
    return new GroupOptions(
        spec,
        openConcurrency,
        startTimeout,
        terminateTimeout,
        receiveBuffer,
        receiveBufferBytes,
        limits,
        scheduler,
        output);
  }

  /** These options with so many gateways starting at a time. */
  public GroupOptions withOpenConcurrency(int gateways) {
    return new GroupOptions(
        defaultSpec,
        gateways,
        startTimeout,
        terminateTimeout,
        receiveBuffer,
        receiveBufferBytes,
        limits,
        scheduler,
        output);
  }

  /** These options with another time to start. */
  public GroupOptions withStartTimeout(Duration timeout) {
    return new GroupOptions(
        defaultSpec,
        openConcurrency,
        timeout,
        terminateTimeout,
        receiveBuffer,
        receiveBufferBytes,
        limits,
        scheduler,
        output);
  }

  /** These options with another time to end. */
  public GroupOptions withTerminateTimeout(Duration timeout) {
    return new GroupOptions(
        defaultSpec,
        openConcurrency,
        startTimeout,
        timeout,
        receiveBuffer,
        receiveBufferBytes,
        limits,
        scheduler,
        output);
  }

  /** These options with another receive buffer. */
  public GroupOptions withReceiveBuffer(int items, int bytes) {
    return new GroupOptions(
        defaultSpec,
        openConcurrency,
        startTimeout,
        terminateTimeout,
        items,
        bytes,
        limits,
        scheduler,
        output);
  }

  /** These options with other limits. */
  public GroupOptions withLimits(ProtocolLimits newLimits) {
    return new GroupOptions(
        defaultSpec,
        openConcurrency,
        startTimeout,
        terminateTimeout,
        receiveBuffer,
        receiveBufferBytes,
        newLimits,
        scheduler,
        output);
  }

  /** These options with another scheduler for signals. */
  public GroupOptions withScheduler(Scheduler newScheduler) {
    return new GroupOptions(
        defaultSpec,
        openConcurrency,
        startTimeout,
        terminateTimeout,
        receiveBuffer,
        receiveBufferBytes,
        limits,
        newScheduler,
        output);
  }

  /** These options with another consumer of what workers print. */
  public GroupOptions withOutput(Consumer<OutputLine> consumer) {
    return new GroupOptions(
        defaultSpec,
        openConcurrency,
        startTimeout,
        terminateTimeout,
        receiveBuffer,
        receiveBufferBytes,
        limits,
        scheduler,
        consumer);
  }
}
