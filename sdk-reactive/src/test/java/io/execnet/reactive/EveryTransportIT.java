package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.OutputLine;
import io.execnet.transport.socket.ServerUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One group that has a gateway of every transport. */
@Timeout(120)
class EveryTransportIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ServerUnderTest server = ServerUnderTest.start();
  private final Queue<OutputLine> printed = new ConcurrentLinkedQueue<>();
  private final Group group = Group.create(GroupOptions.defaults().withOutput(printed::add));

  @AfterEach
  void close() {
    group.close();
    server.close();
  }

  /** By id, each after those that it goes through. */
  private Map<String, String> specs() {
    Map<String, String> specs = new LinkedHashMap<>();
    specs.put("popen", "popen");
    specs.put("pipe", "popen//io=pipe");
    specs.put("command", "popen//python=env A=1 python3");
    specs.put("vagrant", FakeVagrant.spec());
    specs.put("ssh", SharedSshServer.spec());
    specs.put("shared", SharedSshServer.spec());
    specs.put("socket", server.spec());
    specs.put("service", SharedService.spec());
    specs.put("via", "popen//via=ssh");
    specs.put("farther", "popen//via=via");
    specs.put("viassh", SharedSshServer.spec() + "//via=popen");
    specs.put("viasocket", server.spec() + "//via=viassh");
    specs.put("installed", "socket//installvia=popen");
    specs.replaceAll((id, spec) -> spec + "//id=" + id);
    return specs;
  }

  private List<String> open() {
    Map<String, String> specs = specs();
    // those that others go through come last, which makes no difference
    List<String> backwards = new ArrayList<>(specs.values());
    Collections.reverse(backwards);
    List<OpenResult> results =
        group
            .makeGateways(XSpec.parseList(backwards), 8)
            .collectList()
            .blockOptional(PATIENCE)
            .orElseThrow();
    results.forEach(OpenResult::orThrow);
    assertThat(group.gateways()).hasSameSizeAs(specs.values());
    return List.copyOf(specs.keySet());
  }

  @Test
  void runsOneSourceOnAll() {
    List<String> ids = open();
    MultiChannel channels =
        group
            .remoteExec(
                """
                print('hello')
                for x in channel:
                    channel.send([channel.gateway.id, x * x])
                """)
            .open()
            .block(PATIENCE);

    Flux.range(1, 100).concatMap(channels::sendEach).then(channels.halfClose()).block(PATIENCE);
    Map<String, Long> sums = new ConcurrentHashMap<>();
    channels
        .receive()
        .map(event -> (List<?>) event.item())
        .doOnNext(
            item ->
                sums.merge(
                    ((String) item.get(0)).replace("-worker", ""), (Long) item.get(1), Long::sum))
        .blockLast(PATIENCE);

    assertThat(sums.keySet()).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(sums.values()).containsOnly(338350L);
    channels.waitClose().block(PATIENCE);
  }

  @Test
  void tellsWhoPrintsWhat() {
    List<String> ids = open();

    group.remoteExec("import os; os.system('echo hello')").run().block(PATIENCE);
    List<GatewayEnd> ends = group.terminate(PATIENCE).block(PATIENCE);

    assertThat(ends).extracting(GatewayEnd::gatewayId).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(ends).extracting(GatewayEnd::outcome).containsOnly(GatewayEnd.Outcome.EXITED);
    assertThat(printed)
        .filteredOn(line -> line.text().equals("hello"))
        .extracting(OutputLine::gatewayId)
        .containsExactlyInAnyOrderElementsOf(
            ids.stream().filter(id -> !id.equals("service")).toList());
  }

  @Test
  void theLossOfOneEndsThoseBehindItAndNoOther() {
    List<String> ids = open();
    MultiChannel channels =
        group.remoteExec("channel.send(1)\nchannel.receive()").open().block(PATIENCE);
    channels.receive().take(ids.size()).blockLast(PATIENCE);

    Gateway ssh = group.gateway("ssh").orElseThrow();
    Mono<Void> last = group.gateway("farther").orElseThrow().onEnd().onErrorComplete();
    ssh.kill().block(PATIENCE);
    last.block(PATIENCE);

    assertThat(group.gateways())
        .extracting(Gateway::id)
        .containsExactlyInAnyOrderElementsOf(
            ids.stream().filter(id -> !List.of("ssh", "via", "farther").contains(id)).toList());
  }
}
