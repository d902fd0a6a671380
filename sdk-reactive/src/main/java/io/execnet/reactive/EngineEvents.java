package io.execnet.reactive;

import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.protocol.EngineListener;
import io.execnet.core.value.ChannelReference;
import io.execnet.core.worker.CompiledWorker;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.nio.ByteBuffer;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What the worker says of itself and of channels that it opens; called on the event loop. */
final class EngineEvents implements EngineListener {

  private final DefaultGateway gateway;
  private final Sinks.Empty<Void> hello = Sinks.empty();
  private volatile Set<Capability> capabilities = Set.of();

  EngineEvents(DefaultGateway gateway) {
    this.gateway = gateway;
  }

  /** Completes when the worker has said what it can do. */
  Mono<Void> hello() {
    return hello.asMono();
  }

  Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  public void onHello(Set<String> names) {
    capabilities = Capability.named(names);
    gateway.greeted();
    hello.tryEmitEmpty();
  }

  @Override
  public void onCompiled(String version, byte[] code) {
    BootstrapLine.command(gateway.spec())
        .ifPresent(command -> CompiledWorker.of(version, code).keepFor(command));
  }

  @Override
  public void onOutput(int descriptor, ByteBuffer bytes) {
    gateway.printed(descriptor, bytes);
  }

  @Override
  public void onDiagnosis(int number, String text) {
    gateway.inspection().worker().answered(number, text);
  }

  @Override
  public ChannelReceiver onChannelOpened(int channelId) {
    return new ChannelState(gateway, channelId);
  }

  @Override
  public ChannelReference closedChannel(int channelId) {
    ChannelState state = new ChannelState(gateway, channelId);
    state.onClosed(null);
    return state.reference();
  }

  @Override
  public void onTerminate() {
    gateway.dismissed();
  }
}
