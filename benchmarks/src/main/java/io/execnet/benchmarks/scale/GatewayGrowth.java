package io.execnet.benchmarks.scale;

import io.execnet.reactive.Channel;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What a gateway costs, with more and more of them open in one group, on the same event loops. */
final class GatewayGrowth {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Gateways that start at once: starting interpreters is work for the processors. */
  private static final int STARTS = 4;

  private static final String ECHO = "for item in channel: channel.send(item + 1)";

  private final String spec;
  private final Duration least;
  private final Table table =
      new Table(
          "Gateways in one group, per gateway",
          "gateways",
          "opened, ms",
          "round trip of an int, µs",
          "processor time here, µs",
          "in one worker, µs",
          "here / there",
          "heap",
          "threads of all",
          "descriptors of all",
          "when closed");

  GatewayGrowth(String spec, Duration least) {
    this.spec = spec;
    this.least = least;
  }

  Table upTo(int most) throws InterruptedException {
    for (int count : Limits.steps(1, most)) {
      row(count);
    }
    return table;
  }

  private void row(int count) throws InterruptedException {
    Resources before = Resources.now();
    double opened;
    Cost cost;
    Resources with;
    try (Group group = Group.create()) {
      long begin = System.nanoTime();
      List<Channel> open =
          require(
              Flux.range(0, count)
                  .flatMap(i -> group.makeGateway(spec), STARTS)
                  .concatMap(gateway -> gateway.remoteExec(ECHO).open())
                  .collectList()
                  .block(PATIENCE));
      opened = (System.nanoTime() - begin) / 1e6 / count;
      Exchange.onAll(open);
      Gateway one = open.get(0).gateway();
      cost = Cost.of(one, count, least, () -> Exchange.onAll(open)).timesThere(count);
      with = Resources.now();
    }
    Resources closed = Resources.now();
    table.row(
        "%,d".formatted(count),
        "%.1f".formatted(opened),
        cost.cells(),
        "%,d B".formatted((with.heap() - before.heap()) / count),
        with.threads(),
        with.descriptors(),
        "%d threads, %d descriptors, %s"
            .formatted(closed.threads(), closed.descriptors(), Resources.megabytes(closed.heap())));
  }

  private static <T> T require(@Nullable T value) {
    return Objects.requireNonNull(value);
  }
}
