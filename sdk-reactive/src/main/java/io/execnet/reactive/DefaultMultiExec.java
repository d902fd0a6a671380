package io.execnet.reactive;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Source with what to call in it, and who says where. */
record DefaultMultiExec(
    Supplier<List<Gateway>> gateways,
    PythonSource source,
    @Nullable String function,
    Map<String, ?> kwargs)
    implements MultiExec {

  static MultiExec of(Supplier<List<Gateway>> gateways, PythonSource source) {
    return new DefaultMultiExec(gateways, source, null, Map.of());
  }

  @Override
  public MultiExec function(String name, Map<String, ?> arguments) {
    return new DefaultMultiExec(gateways, source, name, arguments);
  }

  @Override
  public Mono<MultiChannel> open() {
    return Mono.defer(
        () ->
            Flux.fromIterable(gateways.get())
                .flatMapSequential(this::exec, Integer.MAX_VALUE, 1)
                .collectList()
                .map(MultiChannel::of)
                .doOnDiscard(DefaultChannel.class, channel -> channel.close().subscribe()));
  }

  private Mono<Channel> exec(Gateway gateway) {
    RemoteExec exec = gateway.remoteExec(source);
    return (function == null ? exec : exec.function(function, kwargs)).open();
  }

  @Override
  public <T> Flux<ChannelEvent.Item<T>> receive(Class<T> type) {
    return receiving(channels -> channels.receive(type));
  }

  @Override
  public <T> Flux<ChannelEvent.Item<T>> receive(TypeReference<T> type) {
    return receiving(channels -> channels.receive(type));
  }

  private <T> Flux<T> receiving(Function<MultiChannel, Flux<T>> receiver) {
    return Flux.usingWhen(
        open(),
        // Where a channel is closed already, that is for the receiver to report.
        channels -> channels.halfClose().onErrorComplete().thenMany(receiver.apply(channels)),
        MultiChannel::close);
  }
}
