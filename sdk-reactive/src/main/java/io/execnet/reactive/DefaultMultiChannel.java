package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

final class DefaultMultiChannel implements MultiChannel {

  private final List<DefaultChannel> channels = new ArrayList<>();

  DefaultMultiChannel(Collection<? extends Channel> channels) {
    for (Channel channel : channels) {
      if (!(channel instanceof DefaultChannel own)) {
        throw new IllegalArgumentException("not a channel of a gateway: " + channel);
      }
      this.channels.add(own);
    }
  }

  @Override
  public List<Channel> channels() {
    return List.copyOf(channels);
  }

  @Override
  public Mono<Void> sendEach(@Nullable Object item) {
    return onEach(channel -> channel.send(item));
  }

  @Override
  public <T> Flux<ChannelEvent.Item<T>> receiveEachWithChannel(Class<T> type) {
    return receiveEach(ValueBinder.to(type));
  }

  @Override
  public <T> Flux<ChannelEvent.Item<T>> receiveEachWithChannel(TypeReference<T> type) {
    return receiveEach(ValueBinder.to(type));
  }

  private <T> Flux<ChannelEvent.Item<T>> receiveEach(ValueBinder<T> binder) {
    return Flux.fromIterable(channels)
        .concatMap(
            channel ->
                channel
                    .receive()
                    .take(1)
                    .switchIfEmpty(Mono.error(() -> endedEarly(channel)))
                    .map(item -> new ChannelEvent.Item<>(channel, binder.bind(item))));
  }

  private static ChannelClosedException endedEarly(DefaultChannel channel) {
    return new ChannelClosedException(channel + " ended without an item", null);
  }

  @Override
  public <T> Flux<ChannelEvent.Item<T>> receive(Class<T> type) {
    return items(ValueBinder.to(type));
  }

  @Override
  public <T> Flux<ChannelEvent.Item<T>> receive(TypeReference<T> type) {
    return items(ValueBinder.to(type));
  }

  private <T> Flux<ChannelEvent.Item<T>> items(ValueBinder<T> binder) {
    return new ChannelMerge(channels, false)
        .map(event -> (ChannelEvent.Item<T>) bound(event, binder));
  }

  @Override
  public <T> Flux<ChannelEvent<T>> events(Class<T> type) {
    return events(ValueBinder.to(type));
  }

  @Override
  public <T> Flux<ChannelEvent<T>> events(TypeReference<T> type) {
    return events(ValueBinder.to(type));
  }

  private <T> Flux<ChannelEvent<T>> events(ValueBinder<T> binder) {
    return new ChannelMerge(channels, true).map(event -> bound(event, binder));
  }

  private static <T> ChannelEvent<T> bound(ChannelEvent<Object> event, ValueBinder<T> binder) {
    if (event instanceof ChannelEvent.Item<Object> item) {
      return new ChannelEvent.Item<>(item.channel(), binder.bind(item.item()));
    }
    return new ChannelEvent.End<>(event.channel(), ((ChannelEvent.End<Object>) event).error());
  }

  @Override
  public Mono<Void> halfClose() {
    return onEach(Channel::halfClose);
  }

  @Override
  public Mono<Void> cancel() {
    return onEach(Channel::cancel);
  }

  @Override
  public Mono<Void> close() {
    return onEach(Channel::close);
  }

  @Override
  public Mono<Void> waitClose() {
    return onEach(Channel::waitClose);
  }

  /**
   * Does something on all of them at the same time. Their own errors come, the first of them, when
   * all are done; any other at once.
   */
  private Mono<Void> onEach(Function<Channel, Mono<Void>> action) {
    return Flux.fromIterable(channels)
        .flatMapSequential(
            channel ->
                action
                    .apply(channel)
                    .then(Mono.<Throwable>empty())
                    .onErrorResume(ExecnetException.class, Mono::just),
            Integer.MAX_VALUE,
            1)
        .collectList()
        .flatMap(errors -> errors.isEmpty() ? Mono.empty() : Mono.error(errors.get(0)));
  }

  @Override
  public String toString() {
    return "MultiChannel(" + channels + ")";
  }
}
