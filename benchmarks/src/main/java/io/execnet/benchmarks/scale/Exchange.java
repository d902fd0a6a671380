package io.execnet.benchmarks.scale;

import io.execnet.reactive.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An int there, and the next one back. */
final class Exchange {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int AT_ONCE = 64;

  private Exchange() {}

  /** One on each, some at a time. */
  static void onAll(List<Channel> channels) {
    Long right =
        Flux.fromIterable(channels)
            .flatMap(Exchange::on, AT_ONCE)
            .filter(answer -> answer == 1)
            .count()
            .block(PATIENCE);
    if (!Objects.equals(right, (long) channels.size())) {
      throw new IllegalStateException(
          "of %d channels %s answered as they should".formatted(channels.size(), right));
    }
  }

  private static Mono<Long> on(Channel channel) {
    return channel
        .send((long) channel.id())
        .then(channel.receive(Long.class).next())
        .map(answer -> answer - channel.id());
  }
}
