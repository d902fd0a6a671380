package io.execnet.reactive;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The gauges of one gateway in Micrometer's global registry, which is not loaded without this. */
final class GatewayMeters implements FlowListener {

  private final List<Meter> meters = new ArrayList<>();
  private volatile GatewayFlow flow;

  GatewayMeters(String group, String gateway) {
    this.flow =
        new GatewayFlow(gateway, true, true, Optional.empty(), List.of(), List.of(), List.of());
    Tags tags = Tags.of("group", group, "gateway", gateway);
    add("channels", "channels", "Channels that are open", tags, GatewayFlow::openChannels);
    add(
        "held.items",
        "items",
        "Items that arrived and nobody took",
        tags,
        sum(ChannelFlow::heldItems));
    add("held", "bytes", "The lengths of their payloads", tags, sum(ChannelFlow::heldBytes));
    add(
        "sent.items",
        "items",
        "Items sent that the worker's code did not take",
        tags,
        sum(ChannelFlow::sentItems));
    add("sent", "bytes", "The lengths of their payloads", tags, sum(ChannelFlow::sentBytes));
    add(
        "printed",
        "bytes",
        "What the worker printed and nobody took",
        tags,
        flow -> flow.outputs().stream().mapToLong(OutputFlow::heldBytes).sum());
    for (Waiter waiter : Waiter.values()) {
      Tags of = tags.and("waiter", waiter.name().toLowerCase(Locale.ROOT));
      add(
          "waiting",
          "places",
          "Channels and streams where this one waits",
          of,
          it -> waits(it, waiter).count());
      add("waiting.longest", "seconds", "For how long at most", of, it -> longest(it, waiter));
    }
  }

  private void add(
      String name,
      String unit,
      String description,
      Tags tags,
      ToDoubleFunction<GatewayFlow> value) {
    meters.add(
        Gauge.builder("execnet.gateway." + name, () -> value.applyAsDouble(flow))
            .tags(tags)
            .baseUnit(unit)
            .description(description)
            .register(Metrics.globalRegistry));
  }

  private static ToDoubleFunction<GatewayFlow> sum(ToDoubleFunction<ChannelFlow> of) {
    return flow -> flow.channels().stream().mapToDouble(of).sum();
  }

  private static Stream<Wait> waits(GatewayFlow flow, Waiter waiter) {
    return flow.allWaits().filter(wait -> wait.waiter() == waiter);
  }

  private static double longest(GatewayFlow flow, Waiter waiter) {
    return waits(flow, waiter).mapToDouble(wait -> wait.time().toNanos() / 1e9).max().orElse(0);
  }

  @Override
  public void onFlow(GatewayFlow now) {
    flow = now;
  }

  @Override
  public void onEnd() {
    meters.forEach(Metrics.globalRegistry::remove);
  }
}
