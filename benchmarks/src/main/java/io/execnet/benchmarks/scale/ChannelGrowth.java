package io.execnet.benchmarks.scale;

import io.execnet.core.value.PyNone;
import io.execnet.reactive.Channel;
import io.execnet.reactive.Gateway;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What a channel costs, with more and more of them open on one gateway. */
final class ChannelGrowth {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int SOME = 100;

  /** Serves every channel that it is sent by a callback, so that no channel needs a thread. */
  private static final String SERVE_CHANNELS =
      """
      served = []
      for other in iter(channel.receive, None):
          other.setcallback(lambda item, other=other: other.send(item + 1))
          served.append(other)
      channel.send(len(served))
      channel.receive()
      """;

  private final Gateway gateway;
  private final Duration least;
  private final Table table =
      new Table(
          "Channels on one gateway, per channel",
          "channels",
          "opened, µs",
          "round trip of an int, µs",
          "processor time here, µs",
          "in the worker, µs",
          "here / there",
          "heap of an idle one",
          "worker's memory",
          "threads of all",
          "descriptors of all",
          "heap of all when closed");

  ChannelGrowth(Gateway gateway, Duration least) {
    this.gateway = gateway;
    this.least = least;
  }

  Table upTo(int most) throws InterruptedException {
    warmUp();
    for (int count : Limits.steps(1, most)) {
      row(count);
    }
    return table;
  }

  private void warmUp() throws InterruptedException {
    Channel server = serve();
    List<Channel> open = open(server, SOME);
    Cost.of(gateway, SOME, least.multipliedBy(4), () -> Exchange.onAll(open));
    close(server, open);
  }

  private void row(int count) throws InterruptedException {
    Channel server = serve();
    Resources before = Resources.now();
    long residentBefore = Usage.of(gateway).resident();
    long begin = System.nanoTime();
    List<Channel> open = open(server, count);
    double opened = (System.nanoTime() - begin) / 1e3 / count;
    Exchange.onAll(open);
    Cost cost = Cost.of(gateway, count, least, () -> Exchange.onAll(open));
    Resources with = Resources.now();
    long resident = Usage.of(gateway).resident();
    close(server, open);
    table.row(
        "%,d".formatted(count),
        "%.1f".formatted(opened),
        cost.cells(),
        perEach(with.heap() - before.heap(), count),
        perEach(resident - residentBefore, count),
        with.threads(),
        with.descriptors(),
        Resources.megabytes(Resources.now().heap()));
  }

  /** Of few, what the rest of the process does in the meantime is more than they are. */
  private static String perEach(long bytes, int count) {
    return count < SOME ? "" : "%,d B".formatted(bytes / count);
  }

  private Channel serve() {
    return require(gateway.remoteExec(SERVE_CHANNELS).open().block(PATIENCE));
  }

  private List<Channel> open(Channel server, int count) {
    List<Channel> open =
        require(
            Flux.range(0, count)
                .concatMap(i -> gateway.newChannel())
                .concatMap(channel -> server.send(channel).thenReturn(channel))
                .collectList()
                .block(PATIENCE));
    server.send(PyNone.NONE).then(server.receive().next()).block(PATIENCE);
    return open;
  }

  private static void close(Channel server, List<Channel> open) {
    Flux.fromIterable(open).concatMap(Channel::close).blockLast(PATIENCE);
    server.close().block(PATIENCE);
    open.clear();
  }

  private static <T> T require(@Nullable T value) {
    return Objects.requireNonNull(value);
  }
}
