package io.execnet.reactive;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Source with what to call in it. */
record DefaultRemoteExec(
    DefaultGateway gateway,
    PythonSource source,
    @Nullable String function,
    Map<String, ?> kwargs,
    @Nullable Duration killAfter)
    implements RemoteExec {

  @Override
  public RemoteExec function(String name, Map<String, ?> arguments) {
    return new DefaultRemoteExec(gateway, source, name, arguments, killAfter);
  }

  @Override
  public RemoteExec killAfter(Duration grace) {
    return new DefaultRemoteExec(gateway, source, function, kwargs, checkedGrace(grace));
  }

  static Duration checkedGrace(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("killAfter must not be negative, but is " + grace);
    }
    return grace;
  }

  @Override
  public Mono<Channel> open() {
    return gateway.channels().exec(source, function, kwargs, killAfter);
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, Class<T> type) {
    return exchange(channel -> channel.exchange(items, type));
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type) {
    return exchange(channel -> channel.exchange(items, type));
  }

  /** Nobody else has the channel, so that what is left on it is for nobody. */
  private <T> Flux<T> exchange(Function<Channel, Flux<T>> exchange) {
    return open()
        .flatMapMany(
            channel -> {
              ReceiveQueue queue = ((DefaultChannel) channel).queue();
              return exchange
                  .apply(channel)
                  .doOnCancel(queue::discard)
                  .doOnError(error -> queue.discard());
            });
  }
}
