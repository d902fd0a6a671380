package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

final class DefaultGroup implements Group {

  private final GroupOptions options;
  private final Transport transport = new Transports();
  private final Sinks.Empty<Void> terminating = Sinks.empty();

  // Guards what follows; held for a few instructions at a time.
  private final Object lock = new Object();
  private final Map<String, DefaultGateway> gateways = new LinkedHashMap<>();
  private final Set<String> idsInUse = new HashSet<>();
  private int nextId;
  private boolean terminated;

  DefaultGroup(GroupOptions options) {
    this.options = options;
    WorkerScripts.load();
    ShutdownHook.add(this);
  }

  @Override
  public Mono<Gateway> makeGateway(String spec) {
    return Mono.defer(() -> makeGateway(XSpec.parse(spec)));
  }

  @Override
  public Mono<Gateway> makeGateway(XSpec spec) {
    return Mono.defer(() -> open(spec, reserveId(spec)));
  }

  private Mono<Gateway> open(XSpec spec, String id) {
    TransportOptions transportOptions =
        new TransportOptions(options.startTimeout(), options.output());
    return transport
        .open(spec, id, transportOptions)
        .<DefaultGateway>handle(
            (connection, sink) -> {
              DefaultGateway gateway =
                  new DefaultGateway(id, spec, options, connection, () -> remove(id));
              gateway.start();
              if (register(id, gateway)) {
                sink.next(gateway);
              } else {
                gateway.killNow();
                sink.error(terminatedException());
              }
            })
        .doOnError(error -> releaseId(id))
        .doOnCancel(() -> releaseId(id))
        .flatMap(WorkerSetup::apply)
        .onErrorMap(BootstrapException.class, error -> error.of(id, spec.toString()))
        .takeUntilOther(terminating.asMono().then(Mono.error(this::terminatedException)))
        .transform(
            mono ->
                options.scheduler() == Schedulers.immediate()
                    ? mono
                    : mono.publishOn(options.scheduler()))
        .doOnDiscard(DefaultGateway.class, DefaultGateway::killNow);
  }

  private String reserveId(XSpec spec) {
    synchronized (lock) {
      if (terminated) {
        throw terminatedException();
      }
      String id = spec.id().orElseGet(this::freeId);
      if (!idsInUse.add(id)) {
        throw new XSpecException("id '" + id + "' is already in use in this group: " + spec);
      }
      return id;
    }
  }

  private String freeId() {
    String id;
    do {
      id = "gw" + nextId++;
    } while (idsInUse.contains(id));
    return id;
  }

  private void releaseId(String id) {
    synchronized (lock) {
      if (!gateways.containsKey(id)) {
        idsInUse.remove(id);
      }
    }
  }

  private boolean register(String id, DefaultGateway gateway) {
    synchronized (lock) {
      if (!terminated) {
        gateways.put(id, gateway);
      }
      return !terminated;
    }
  }

  private void remove(String id) {
    synchronized (lock) {
      gateways.remove(id);
      idsInUse.remove(id);
    }
  }

  private IllegalStateException terminatedException() {
    return new IllegalStateException("the group is terminated");
  }

  @Override
  public List<Gateway> gateways() {
    return List.copyOf(openGateways());
  }

  private List<DefaultGateway> openGateways() {
    synchronized (lock) {
      return new ArrayList<>(gateways.values());
    }
  }

  @Override
  public Optional<Gateway> gateway(String id) {
    synchronized (lock) {
      return Optional.ofNullable(gateways.get(id));
    }
  }

  @Override
  public Mono<List<GatewayEnd>> terminate(Duration timeout) {
    return Mono.defer(
        () -> {
          synchronized (lock) {
            terminated = true;
          }
          ShutdownHook.remove(this);
          terminating.tryEmitEmpty();
          return Flux.fromIterable(openGateways())
              .flatMapSequential(gateway -> gateway.exit(timeout), Integer.MAX_VALUE)
              .collectList();
        });
  }

  /** Kills every worker, without waiting for anything. */
  void killNow() {
    openGateways().forEach(DefaultGateway::killNow);
  }

  @Override
  public void close() {
    try {
      Blocking.await(terminate(options.terminateTimeout()));
    } catch (InterruptedException e) {
      killNow();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "Group(" + openGateways() + ")";
  }
}
