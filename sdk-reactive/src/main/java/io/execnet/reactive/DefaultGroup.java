package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Handover;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

final class DefaultGroup implements Group {

  private static final Handover<Gateway> GATEWAYS =
      new Handover<>(Gateway.class, gateway -> ((DefaultGateway) gateway).killNow());

  private static @Nullable DefaultGroup shared;

  private final GroupOptions options;
  private final Transport transport;
  private final GatewayRegistry registry = new GatewayRegistry();
  private final Sinks.Empty<Void> terminating = Sinks.empty();

  DefaultGroup(GroupOptions options) {
    this(options, new Transports());
  }

  DefaultGroup(GroupOptions options, Transport transport) {
    this.options = options;
    this.transport = transport;
    WorkerScripts.load();
    ShutdownHook.add(this);
  }

  /** The group of {@link Group#defaultGroup()}, which is replaced once it has been terminated. */
  static synchronized DefaultGroup shared() {
    DefaultGroup group = shared;
    if (group == null || group.registry.isClosed()) {
      group = new DefaultGroup(GroupOptions.defaults());
      shared = group;
    }
    return group;
  }

  @Override
  public Mono<Gateway> makeGateway(String spec) {
    return Mono.defer(() -> makeGateway(XSpec.parse(spec)));
  }

  @Override
  public Mono<Gateway> makeGateway(XSpec spec) {
    return Mono.defer(() -> open(registry.reserve(spec)));
  }

  @Override
  public Flux<OpenResult> makeGateways(Collection<XSpec> specs, int concurrency) {
    return GroupOpening.run(List.copyOf(specs), concurrency, registry, this::open);
  }

  private Mono<Gateway> open(GatewayRegistry.Entry entry) {
    Mono<Gateway> opening =
        Mono.defer(() -> connect(entry))
            .doOnError(error -> registry.abandon(entry))
            .doOnCancel(() -> registry.abandon(entry))
            .flatMap(WorkerSetup::apply)
            .onErrorMap(
                BootstrapException.class, error -> error.of(entry.id(), entry.spec().toString()));
    return GATEWAYS.on(options.scheduler(), GATEWAYS.unless(whenTerminated(), opening));
  }

  private Mono<DefaultGateway> connect(GatewayRegistry.Entry entry) {
    registry.findHops(entry);
    OutputHub hub = new OutputHub(options);
    TransportOptions transportOptions =
        new TransportOptions(
            options.startTimeout(),
            options.keepAlive(),
            options.credentials(),
            id -> registry.gateway(id).map(DefaultGateway::hop),
            hub);
    return transport
        .open(entry.spec(), entry.id(), transportOptions)
        .handle(
            (connection, sink) -> {
              DefaultGateway gateway =
                  new DefaultGateway(
                      entry.id(),
                      entry.spec(),
                      options,
                      hub,
                      connection,
                      () -> registry.remove(entry));
              gateway.start();
              if (registry.register(entry, gateway)) {
                sink.next(gateway);
              } else {
                gateway.killNow();
                if (registry.isClosed()) {
                  sink.error(GatewayRegistry.terminatedException());
                }
              }
            });
  }

  /** Fails when the group is terminated. */
  private Mono<Void> whenTerminated() {
    return terminating.asMono().then(Mono.error(GatewayRegistry::terminatedException));
  }

  @Override
  public GroupOptions options() {
    return options;
  }

  @Override
  public List<Gateway> gateways() {
    return registry.open().stream().<Gateway>map(GatewayRegistry.Entry::gateway).toList();
  }

  @Override
  public Optional<Gateway> gateway(String id) {
    return registry.gateway(id).map(gateway -> gateway);
  }

  @Override
  public MultiExec remoteExec(PythonSource source) {
    return DefaultMultiExec.of(this::gateways, source);
  }

  @Override
  public Mono<List<GatewayEnd>> terminate(Duration timeout) {
    Mono<List<GatewayEnd>> end = end(timeout);
    return options.scheduler() == Schedulers.immediate() ? end : end.publishOn(options.scheduler());
  }

  private Mono<List<GatewayEnd>> end(Duration timeout) {
    return Mono.defer(
        () -> {
          registry.close();
          terminating.tryEmitEmpty();
          return GroupEnding.end(registry.open(), timeout, () -> ShutdownHook.remove(this));
        });
  }

  /** Kills every worker, without waiting for anything. */
  void killNow() {
    terminating.tryEmitEmpty();
    registry.open().forEach(entry -> entry.gateway().killNow());
  }

  @Override
  public void close() {
    try {
      Blocking.await(end(options.terminateTimeout()));
    } catch (InterruptedException e) {
      killNow();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "Group(" + gateways() + ")";
  }
}
