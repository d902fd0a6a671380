package io.execnet.reactive;

import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.transport.Handover;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Opens the channels of a gateway; one that is opened for somebody who has gone is cancelled. */
final class ChannelOpener {

  private static final Handover<Channel> CHANNELS =
      new Handover<>(Channel.class, channel -> channel.cancel().subscribe());

  private final DefaultGateway gateway;
  private final ProtocolEngine engine;

  ChannelOpener(DefaultGateway gateway, ProtocolEngine engine) {
    this.gateway = gateway;
    this.engine = engine;
  }

  /** A channel on which nothing runs. */
  Mono<Channel> open() {
    return opening(engine::open);
  }

  /** The channel of a question how the worker is. */
  Mono<Channel> status() {
    return opening(engine::requestStatus);
  }

  /** Runs code; see {@link RemoteExec#open}. */
  Mono<Channel> exec(
      PythonSource source,
      @Nullable String function,
      Map<String, ?> kwargs,
      @Nullable Duration killAfter) {
    return opening(states -> exec(states, source, function, kwargs, killAfter));
  }

  /** Runs code that is sent nothing, which it is told with the code; signals on the event loop. */
  Mono<Channel> execAlone(
      PythonSource source,
      @Nullable String function,
      Map<String, ?> kwargs,
      @Nullable Duration killAfter) {
    return openingOnLoop(
        states -> {
          int id = exec(states, source, function, kwargs, killAfter);
          engine.endSend(id);
          return id;
        });
  }

  private int exec(
      IntFunction<ChannelState> states,
      PythonSource source,
      @Nullable String function,
      Map<String, ?> kwargs,
      @Nullable Duration killAfter) {
    IntFunction<ChannelState> executions = id -> states.apply(id).killAfter(killAfter);
    return gateway.spec().bootstrapImport()
        ? StockExecution.exec(engine, executions, source, function, kwargs)
        : engine.exec(executions, source.text(), source.fileName(), function, kwargs);
  }

  private Mono<Channel> opening(ToIntFunction<IntFunction<ChannelState>> opener) {
    return CHANNELS.on(gateway.options().scheduler(), openingOnLoop(opener));
  }

  private Mono<Channel> openingOnLoop(ToIntFunction<IntFunction<ChannelState>> opener) {
    return Mono.create(sink -> gateway.threads().onLoop(() -> open(opener, sink)));
  }

  private void open(ToIntFunction<IntFunction<ChannelState>> opener, MonoSink<Channel> sink) {
    try {
      gateway.checkOpen();
      ChannelState[] state = new ChannelState[1];
      opener.applyAsInt(id -> state[0] = new ChannelState(gateway, id));
      gateway.flushLater();
      Channel channel = state[0].reference();
      sink.onCancel(() -> channel.cancel().subscribe());
      sink.success(channel);
    } catch (RuntimeException | Error e) {
      sink.error(e);
    }
  }
}
