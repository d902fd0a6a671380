package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.GatewayLostException;
import io.execnet.transport.ssh.OpenSshServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A worker behind one that SSH leads to from behind another: how such a chain ends, or breaks. */
@Timeout(120)
class ChainIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final OpenSshServer server = OpenSshServer.start();
  private final Group group = Group.create();

  private final List<Gateway> chain = new ArrayList<>();
  private final List<Long> pids = new ArrayList<>();

  @BeforeEach
  void open() {
    for (String spec :
        List.of("popen//id=near", server.spec() + "//via=near//id=hop", "popen//via=hop//id=far")) {
      Gateway gateway = group.makeGateway(spec).block(PATIENCE);
      chain.add(gateway);
      pids.add(gateway.rinfo().block(PATIENCE).pid());
    }
  }

  @AfterEach
  void close() {
    group.close();
    server.close();
  }

  private Gateway far() {
    return chain.get(2);
  }

  private static void awaitEnd(long pid) {
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  /** Where a chain can break, and the last gateway before that. */
  private enum Break {
    FIRST_WORKER("near", 0),
    SSH_CONNECTION("hop", 1),
    SECOND_WORKER("hop", 1);

    private final String lost;
    private final int left;

    Break(String lost, int left) {
      this.lost = lost;
      this.left = left;
    }
  }

  private void breakAt(Break place) {
    switch (place) {
      case FIRST_WORKER -> ProcessHandle.of(pids.get(0)).orElseThrow().destroyForcibly();
      case SSH_CONNECTION -> server.killConnections();
      case SECOND_WORKER -> ProcessHandle.of(pids.get(1)).orElseThrow().destroyForcibly();
    }
  }

  private static void assertLost(Throwable error, String gateway) {
    assertThat(error)
        .isInstanceOfSatisfying(
            GatewayLostException.class, e -> assertThat(e.gatewayId()).isEqualTo("far"));
    List<String> causes = new ArrayList<>();
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof GatewayLostException lost) {
        causes.add(lost.gatewayId());
      }
    }
    assertThat(causes).startsWith("far", "hop").endsWith(gateway);
  }

  @ParameterizedTest
  @EnumSource
  void theLossOfAnyLinkEndsAllThatGoesThroughIt(Break place) {
    AtomicBoolean cancelled = new AtomicBoolean();
    Mono<Throwable> sending =
        error(
            far()
                .remoteExec("for x in channel: pass")
                .exchange(
                    Flux.<Object>generate(sink -> sink.next(1))
                        .doOnCancel(() -> cancelled.set(true)),
                    Object.class));
    Channel channel = far().remoteExec("channel.send(1)\nchannel.receive()").open().block(PATIENCE);
    Mono<Throwable> receiving = error(channel.receive().skip(1));
    Mono<Throwable> running = error(far().remoteExec("while True: pass").run());
    Mono<Long> printed = far().output().count().cache();
    printed.subscribe();
    far().remoteExec("channel.send(1)").run().onErrorComplete().block(PATIENCE);

    breakAt(place);

    for (Mono<Throwable> each : List.of(sending, receiving, running, error(far().onEnd()))) {
      assertLost(each.block(PATIENCE), place.lost);
    }
    assertLost(error(far().remoteStatus()).block(PATIENCE), place.lost);
    assertThat(error(channel.send(1)).block(PATIENCE))
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("gateway far lost");
    assertThat(printed.block(PATIENCE)).isZero();
    await().atMost(PATIENCE).untilTrue(cancelled);
    pids.subList(place.left, 3).forEach(ChainIT::awaitEnd);
    assertThat(group.gateways()).isEqualTo(chain.subList(0, place.left));
    chain
        .subList(0, place.left)
        .forEach(left -> assertThat(left.remoteStatus().block(PATIENCE)).isNotNull());
  }

  /** What ends it, from now on. */
  private static Mono<Throwable> error(Publisher<?> stream) {
    Mono<Throwable> error =
        Flux.from(stream)
            .ignoreElements()
            .<Throwable>cast(Throwable.class)
            .onErrorResume(Mono::just)
            .cache();
    error.subscribe();
    return error;
  }

  @Test
  void theLossOfTheLastTellsItsExitStatusAndTheRestGoesOn() {
    StepVerifier.create(far().remoteExec("import os; os._exit(7)").run())
        .expectErrorSatisfies(
            error ->
                assertThat(((GatewayLostException) error).exitStatus().orElseThrow().code())
                    .isEqualTo(7))
        .verify(PATIENCE);

    assertThat(group.gateways()).isEqualTo(chain.subList(0, 2));
    Gateway again = group.makeGateway("popen//via=hop//id=far").block(PATIENCE);
    assertThat(again.remoteExec("channel.send(6 * 7)").receive().blockLast(PATIENCE))
        .isEqualTo(42L);
  }

  @Test
  void killingTheLastKillsItAndNoOther() {
    far().remoteExec("while True: pass").run().onErrorComplete().subscribe();

    GatewayEnd end = far().kill().block(PATIENCE);

    assertThat(end.outcome()).isEqualTo(GatewayEnd.Outcome.KILLED);
    assertThat(end.exitStatus().signal()).contains("SIGKILL");
    awaitEnd(pids.get(2));
    assertThat(group.gateways()).isEqualTo(chain.subList(0, 2));
  }

  @Test
  void addressesAreThoseThatTheHopsSee() {
    assertThat(chain.get(1).remoteAddress())
        .contains(InetSocketAddress.createUnresolved("127.0.0.1", server.port()));
    assertThat(far().remoteAddress()).isEmpty();
  }

  @Test
  void aGroupEndsTheFarEndFirstSoThatAllExitByThemselves() {
    List<GatewayEnd> ends = group.terminate(Duration.ofSeconds(20)).block(PATIENCE);

    assertThat(ends)
        .extracting(GatewayEnd::outcome)
        .containsOnly(GatewayEnd.Outcome.EXITED)
        .hasSize(3);
    assertThat(ends).allMatch(end -> end.exitStatus().code() == 0);
    pids.forEach(ChainIT::awaitEnd);
  }
}
