package io.execnet.reactive;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Ends many gateways at the same time, but each after those that go through it. */
final class GroupEnding {

  /** What a gateway gets at least that waited for others to end, or the timeout if that is less. */
  private static final Duration AFTER_OTHERS = Duration.ofSeconds(1);

  private final List<GatewayRegistry.Entry> entries;
  private final Duration timeout;
  private final long start = System.nanoTime();
  private final Map<GatewayRegistry.Entry, Mono<GatewayEnd>> ends = new HashMap<>();

  private GroupEnding(List<GatewayRegistry.Entry> entries, Duration timeout) {
    this.entries = entries;
    this.timeout = timeout;
  }

  /** Begins at once, and goes on whoever has lost interest; in the order of the entries. */
  static Mono<List<GatewayEnd>> end(
      List<GatewayRegistry.Entry> entries, Duration timeout, Runnable whenDone) {
    GroupEnding ending = new GroupEnding(entries, timeout);
    Mono<List<GatewayEnd>> all =
        Flux.fromIterable(entries)
            .flatMapSequential(ending::endOf, Integer.MAX_VALUE)
            .collectList()
            .doOnTerminate(whenDone)
            .cache();
    all.subscribe();
    return all;
  }

  private Mono<GatewayEnd> endOf(GatewayRegistry.Entry entry) {
    Mono<GatewayEnd> known = ends.get(entry);
    if (known != null) {
      return known;
    }
    // A hop was open before what goes through it, so this comes to an end.
    List<Mono<GatewayEnd>> before =
        entries.stream().filter(other -> other.hops().contains(entry)).map(this::endOf).toList();
    Mono<GatewayEnd> end =
        before.isEmpty()
            ? entry.gateway().exit(timeout)
            : Mono.when(before).then(Mono.defer(() -> entry.gateway().exit(timeLeft())));
    ends.put(entry, end.cache());
    return ends.get(entry);
  }

  private Duration timeLeft() {
    Duration left = timeout.minusNanos(System.nanoTime() - start);
    Duration least = timeout.compareTo(AFTER_OTHERS) < 0 ? timeout : AFTER_OTHERS;
    return left.compareTo(least) < 0 ? least : left;
  }
}
