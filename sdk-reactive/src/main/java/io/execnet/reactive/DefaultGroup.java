package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Credentials;
import io.execnet.transport.Hop;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
  private final Map<String, Reservation> reservations = new HashMap<>();
  private int nextId;
  private boolean terminated;

  /** An id, from the beginning of its gateway's start to its end. */
  private static final class Reservation {
    private final String id;
    private @Nullable DefaultGateway gateway;

    Reservation(String id) {
      this.id = id;
    }
  }

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
    return Mono.defer(() -> open(spec, reserve(spec)));
  }

  private Mono<Gateway> open(XSpec spec, Reservation reservation) {
    String id = reservation.id;
    TransportOptions transportOptions =
        new TransportOptions(
            options.startTimeout(),
            TransportOptions.DEFAULT_KEEP_ALIVE,
            Credentials.NONE,
            this::hop,
            options.output());
    return transport
        .open(spec, id, transportOptions)
        .<DefaultGateway>handle(
            (connection, sink) -> {
              DefaultGateway gateway =
                  new DefaultGateway(id, spec, options, connection, () -> remove(reservation));
              gateway.start();
              if (register(reservation, gateway)) {
                sink.next(gateway);
              } else {
                gateway.killNow();
                sink.error(terminatedException());
              }
            })
        .doOnError(error -> abandon(reservation))
        .doOnCancel(() -> abandon(reservation))
        .flatMap(WorkerSetup::apply)
        .onErrorMap(BootstrapException.class, error -> error.of(id, spec.toString()))
        .transform(opening -> Mono.firstWithSignal(opening, whenTerminated()))
        .transform(
            mono ->
                options.scheduler() == Schedulers.immediate()
                    ? mono
                    : mono.publishOn(options.scheduler()))
        .doOnDiscard(DefaultGateway.class, DefaultGateway::killNow);
  }

  /** The gateway of this id, for others to be reached through. */
  private Optional<Hop> hop(String id) {
    synchronized (lock) {
      return Optional.ofNullable(gateways.get(id)).map(DefaultGateway::hop);
    }
  }

  /** Fails when the group is terminated. */
  private Mono<Gateway> whenTerminated() {
    return terminating.asMono().then(Mono.error(this::terminatedException));
  }

  private Reservation reserve(XSpec spec) {
    synchronized (lock) {
      if (terminated) {
        throw terminatedException();
      }
      Reservation reservation = new Reservation(spec.id().orElseGet(this::freeId));
      if (reservations.putIfAbsent(reservation.id, reservation) != null) {
        throw new XSpecException(
            "id '" + reservation.id + "' is already in use in this group: " + spec);
      }
      return reservation;
    }
  }

  private String freeId() {
    String id;
    do {
      id = "gw" + nextId++;
    } while (reservations.containsKey(id));
    return id;
  }

  private boolean register(Reservation reservation, DefaultGateway gateway) {
    synchronized (lock) {
      if (!terminated) {
        reservation.gateway = gateway;
        gateways.put(reservation.id, gateway);
      }
      return !terminated;
    }
  }

  /** Gives up an id that no gateway came to be of; one that did gives it up at its end. */
  private void abandon(Reservation reservation) {
    synchronized (lock) {
      if (reservation.gateway == null) {
        reservations.remove(reservation.id, reservation);
      }
    }
  }

  private void remove(Reservation reservation) {
    synchronized (lock) {
      reservations.remove(reservation.id, reservation);
      if (reservation.gateway != null) {
        gateways.remove(reservation.id, reservation.gateway);
      }
    }
  }

  private IllegalStateException terminatedException() {
    return new IllegalStateException("the group is terminated");
  }

  @Override
  public GroupOptions options() {
    return options;
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
    Mono<List<GatewayEnd>> end = end(timeout);
    return options.scheduler() == Schedulers.immediate() ? end : end.publishOn(options.scheduler());
  }

  private Mono<List<GatewayEnd>> end(Duration timeout) {
    return Mono.defer(
        () -> {
          synchronized (lock) {
            terminated = true;
          }
          terminating.tryEmitEmpty();
          return Flux.fromIterable(openGateways())
              .flatMapSequential(gateway -> gateway.exit(timeout), Integer.MAX_VALUE)
              .collectList()
              .doOnTerminate(() -> ShutdownHook.remove(this));
        });
  }

  /** Kills every worker, without waiting for anything. */
  void killNow() {
    terminating.tryEmitEmpty();
    openGateways().forEach(DefaultGateway::killNow);
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
    return "Group(" + openGateways() + ")";
  }
}
