package io.execnet.reactive;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Looks from time to time whether somebody waits for long on a channel, to print, or for the rest
 * of a message, and says so in the log, once, and again when that is over. Confined to the event
 * loop.
 */
final class FlowWatch {

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private record Stall(String place, Waiter waiter) {}

  private final DefaultGateway gateway;
  private final Duration threshold;
  private final Optional<FlowListener> listener;
  private final Logger logger;
  private final Duration pause;
  private final Map<Stall, Wait> told = new HashMap<>();
  private @Nullable Disposable timer;
  private boolean stopped;

  /**
   * Creates one that does not look yet.
   *
   * @param threshold how long is long; zero for never
   * @param listener is told of all that is seen
   */
  FlowWatch(DefaultGateway gateway, Duration threshold, Optional<FlowListener> listener) {
    this(gateway, threshold, listener, Loggers.getLogger(Channel.class));
  }

  FlowWatch(
      DefaultGateway gateway, Duration threshold, Optional<FlowListener> listener, Logger logger) {
    this.gateway = gateway;
    this.listener = listener;
    this.logger = logger;
    this.threshold = threshold;
    Duration half = threshold.dividedBy(2);
    this.pause = tellsNobody() || half.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : half;
  }

  private boolean tellsNobody() {
    return threshold.isZero();
  }

  void start() {
    if (!tellsNobody() || listener.isPresent()) {
      lookLater();
    }
  }

  private void lookLater() {
    if (!stopped) {
      timer = gateway.threads().loop().schedule(pause, this::look);
    }
  }

  private void look() {
    if (stopped) {
      return;
    }
    GatewayFlow flow = gateway.flowNow();
    listener.ifPresent(it -> it.onFlow(flow));
    if (!tellsNobody()) {
      tell(flow);
    }
    lookLater();
  }

  private void tell(GatewayFlow flow) {
    Set<Stall> now = new HashSet<>();
    flow.partial().ifPresent(it -> tell(it.place(), it.waits(), it, now));
    flow.channels().forEach(channel -> tell(channel.place(), channel.waits(), channel, now));
    flow.outputs().forEach(output -> tell(output.place(), output.waits(), output, now));
    told.entrySet().removeIf(entry -> !now.contains(entry.getKey()) && tellEnd(entry));
  }

  private void tell(String place, List<Wait> waits, Record all, Set<Stall> now) {
    for (Wait wait : waits) {
      if (wait.waiter().isStall() && wait.time().compareTo(threshold) >= 0) {
        Stall stall = new Stall(place, wait.waiter());
        now.add(stall);
        if (told.put(stall, wait) == null) {
          logger.warn("gateway {}, {}", gateway.id(), all);
        }
      }
    }
  }

  private boolean tellEnd(Map.Entry<Stall, Wait> ended) {
    logger.info(
        "gateway {}, {}: it is over that {}; it lasted {} ms or more",
        gateway.id(),
        ended.getKey().place(),
        ended.getKey().waiter(),
        ended.getValue().time().toMillis());
    return true;
  }

  void stop() {
    if (!stopped) {
      told.entrySet().removeIf(this::tellEnd); // with the gateway all waits end
      listener.ifPresent(FlowListener::onEnd);
    }
    stopped = true;
    if (timer != null) {
      timer.dispose();
    }
  }
}
