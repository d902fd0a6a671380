package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.transport.Handover;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

final class DefaultGatewayManager implements GatewayManager {

  private final GatewayManagerOptions options;
  private final Group group;
  private final Map<Gateway, HostGateway> hosts = new ConcurrentHashMap<>();

  DefaultGatewayManager(GatewayManagerOptions options) {
    this.options = options;
    this.group = Group.create(options.group());
  }

  @Override
  public Flux<OpenResult> makeGateways() {
    int concurrency = options.group().openConcurrency();
    return FileProbe.using(
            options.probeFolder(),
            probe ->
                group
                    .makeGateways(options.targets(), concurrency)
                    .flatMap(result -> ready(result, probe), concurrency, 1))
        .doOnDiscard(OpenResult.Opened.class, opened -> opened.gateway().kill().subscribe());
  }

  private Mono<OpenResult> ready(OpenResult result, FileProbe probe) {
    if (!(result instanceof OpenResult.Opened opened)) {
      return Mono.just(result);
    }
    Gateway gateway = opened.gateway();
    Mono<OpenResult> steps =
        host(gateway, probe)
            .timeout(options.group().startTimeout(), Mono.error(() -> tooSlow(opened)))
            .flatMap(host -> Flux.from(options.onNewGateway().apply(host)).then(Mono.just(host)))
            .doOnNext(this::add)
            .<OpenResult>map(host -> result)
            .onErrorResume(
                error ->
                    gateway
                        .kill()
                        .thenReturn(new OpenResult.Failed(opened.spec(), gateway.id(), error)));
    return Handover.holding(() -> gateway.kill().subscribe(), steps);
  }

  private Mono<HostGateway> host(Gateway gateway, FileProbe probe) {
    // One after the other: not every worker runs two at the same time.
    return gateway
        .rinfo()
        .flatMap(
            rinfo -> probe.isSeenBy(gateway).map(local -> new HostGateway(gateway, rinfo, local)));
  }

  private BootstrapException tooSlow(OpenResult.Opened opened) {
    return new BootstrapException(
            BootstrapException.Reason.TIMEOUT,
            "the worker did not say where it is within " + options.group().startTimeout(),
            "",
            null)
        .of(opened.id(), opened.spec().toString());
  }

  private void add(HostGateway host) {
    hosts.put(host.gateway(), host);
    host.gateway()
        .onEnd()
        .onErrorComplete()
        .doOnTerminate(() -> hosts.remove(host.gateway()))
        .subscribe();
  }

  @Override
  public List<HostGateway> gateways() {
    return group.gateways().stream()
        .flatMap(gateway -> Stream.ofNullable(hosts.get(gateway)))
        .toList();
  }

  @Override
  public Group group() {
    return group;
  }

  @Override
  public MultiExec remoteExec(PythonSource source, boolean withLocal) {
    return DefaultMultiExec.of(
        () ->
            gateways().stream()
                .filter(host -> withLocal || !host.local())
                .map(HostGateway::gateway)
                .toList(),
        source);
  }

  @Override
  public Mono<List<GatewayEnd>> exit() {
    return group.terminate(options.group().terminateTimeout());
  }

  @Override
  public void close() {
    group.close();
  }

  @Override
  public String toString() {
    return "GatewayManager(" + gateways() + ")";
  }
}
