package io.execnet.reactive;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

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
  public <T> Flux<T> receive(Class<T> type) {
    return receive(channel -> channel.receive(type));
  }

  @Override
  public <T> Flux<T> receive(TypeReference<T> type) {
    return receive(channel -> channel.receive(type));
  }

  /**
   * As an exchange that sends nothing; its signals come from the queue, or of a failure to open.
   */
  private <T> Flux<T> receive(Function<Channel, Flux<T>> receive) {
    return gateway
        .channels()
        .execAlone(source, function, kwargs, killAfter)
        .onErrorResume(error -> gateway.threads().signalled(Mono.error(error)))
        .flatMapMany(
            channel ->
                forNobodyElse(channel, receive)
                    .doFinally(
                        signal -> {
                          if (signal != SignalType.ON_COMPLETE) {
                            channel.cancel().subscribe();
                          }
                        }));
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, Class<T> type) {
    return exchange(channel -> channel.exchange(items, type));
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type) {
    return exchange(channel -> channel.exchange(items, type));
  }

  private <T> Flux<T> exchange(Function<Channel, Flux<T>> exchange) {
    return open().flatMapMany(channel -> forNobodyElse(channel, exchange));
  }

  /** Nobody else has the channel, so that what is left on it is for nobody. */
  private static <T> Flux<T> forNobodyElse(Channel channel, Function<Channel, Flux<T>> receive) {
    ReceiveQueue queue = ((DefaultChannel) channel).queue();
    return receive.apply(channel).doOnCancel(queue::discard).doOnError(error -> queue.discard());
  }
}
