package io.execnet.reactive;

import io.execnet.transport.Handover;
import java.util.ArrayList;
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
        () -> {
          Opened opened = new Opened();
          Mono<MultiChannel> opening =
              Flux.fromIterable(gateways.get())
                  .flatMapSequential(
                      gateway -> exec(gateway).doOnNext(opened::add), Integer.MAX_VALUE, 1)
                  .collectList()
                  .map(MultiChannel::of)
                  .doOnError(error -> opened.closeAll());
          return Handover.holding(opened::closeAll, opening);
        });
  }

  /** What is open so far, which operators that wait for the others would lose with an error. */
  private static final class Opened {

    private final List<Channel> channels = new ArrayList<>();
    private boolean closed;

    void add(Channel channel) {
      synchronized (this) {
        if (!closed) {
          channels.add(channel);
          return;
        }
      }
      channel.close().subscribe();
    }

    void closeAll() {
      List<Channel> open;
      synchronized (this) {
        closed = true;
        open = List.copyOf(channels);
      }
      open.forEach(channel -> channel.close().subscribe());
    }
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
