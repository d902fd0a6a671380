package io.execnet.reactive;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Source with what to call in it. */
record DefaultRemoteExec(
    DefaultGateway gateway, PythonSource source, @Nullable String function, Map<String, ?> kwargs)
    implements RemoteExec {

  @Override
  public RemoteExec function(String name, Map<String, ?> arguments) {
    return new DefaultRemoteExec(gateway, source, name, arguments);
  }

  @Override
  public Mono<Channel> open() {
    return gateway.exec(source, function, kwargs);
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, Class<T> type) {
    return open().flatMapMany(channel -> channel.exchange(items, type));
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type) {
    return open().flatMapMany(channel -> channel.exchange(items, type));
  }
}
