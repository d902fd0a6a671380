package io.execnet.reactive;

import io.execnet.transport.Handover;
import java.time.Duration;
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
    Map<String, ?> kwargs,
    @Nullable Duration killAfter)
    implements MultiExec {

  static MultiExec of(Supplier<List<Gateway>> gateways, PythonSource source) {
    return new DefaultMultiExec(gateways, source, null, Map.of(), null);
  }

  @Override
  public MultiExec function(String name, Map<String, ?> arguments) {
    return new DefaultMultiExec(gateways, source, name, arguments, killAfter);
  }

  @Override
  public MultiExec killAfter(Duration grace) {
    return new DefaultMultiExec(
        gateways, source, function, kwargs, DefaultRemoteExec.checkedGrace(grace));
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
                  .doOnError(error -> opened.cancelAll());
          return Handover.holding(opened::cancelAll, opening);
        });
  }

  /** What is open so far, which operators that wait for the others would lose with an error. */
  private static final class Opened {

    private final List<Channel> channels = new ArrayList<>();
    private boolean cancelled;

    void add(Channel channel) {
      synchronized (this) {
        if (!cancelled) {
          channels.add(channel);
          return;
        }
      }
      channel.cancel().subscribe();
    }

    void cancelAll() {
      List<Channel> open;
      synchronized (this) {
        cancelled = true;
        open = List.copyOf(channels);
      }
      open.forEach(channel -> channel.cancel().subscribe());
    }
  }

  private Mono<Channel> exec(Gateway gateway) {
    RemoteExec exec = gateway.remoteExec(source);
    RemoteExec calling = function == null ? exec : exec.function(function, kwargs);
    return (killAfter == null ? calling : calling.killAfter(killAfter)).open();
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
    return open()
        .flatMapMany(
            channels ->
                channels
                    .halfClose()
                    // Where a channel is closed already, that is for the receiver to report.
                    .onErrorComplete()
                    .thenMany(receiver.apply(channels))
                    .doOnComplete(() -> channels.close().subscribe())
                    .doOnCancel(() -> abandon(channels))
                    .doOnError(error -> abandon(channels)));
  }

  /** Nobody else has the channels, so that what is left on them is for nobody. */
  private static void abandon(MultiChannel channels) {
    for (Channel channel : channels) {
      ((DefaultChannel) channel).queue().discard();
      channel.cancel().subscribe();
    }
  }
}
