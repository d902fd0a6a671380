package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The order in which gateways end that go through each other. */
class GroupEndingTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeTransport transport = new FakeTransport();
  private final DefaultGroup group =
      new DefaultGroup(GroupOptions.defaults().withScheduler(Schedulers.immediate()), transport);

  @AfterEach
  void close() {
    group.terminate(Duration.ZERO).block(PATIENCE);
  }

  private void open(String... specs) {
    for (String spec : specs) {
      group.makeGateway(spec).block(PATIENCE);
    }
    transport.takeEvents();
  }

  @Test
  void aGatewayEndsAfterAllThatGoThroughIt() {
    open("popen//id=a", "popen//id=b//via=a", "popen//id=c//via=b", "popen//id=d//via=a");
    transport.slowToExit.addAll(List.of("c", "b"));

    CompletableFuture<List<GatewayEnd>> ends = group.terminate(PATIENCE).toFuture();
    assertThat(transport.takeEvents()).containsExactly("close c", "close d");
    transport.exited("c");
    assertThat(transport.takeEvents()).containsExactly("close b");
    transport.exited("b");
    assertThat(transport.takeEvents()).containsExactly("close a");

    assertThat(ends.join())
        .extracting(GatewayEnd::gatewayId, GatewayEnd::outcome)
        .containsExactly(
            tuple("a", GatewayEnd.Outcome.EXITED),
            tuple("b", GatewayEnd.Outcome.EXITED),
            tuple("c", GatewayEnd.Outcome.EXITED),
            tuple("d", GatewayEnd.Outcome.EXITED));
  }

  @Test
  void theServerOfASocketEndsAfterWhoeverIsConnected() {
    open("popen//id=host", "socket=localhost//installvia=host//id=guest");
    transport.slowToExit.add("guest");

    group.terminate(PATIENCE).subscribe();
    assertThat(transport.takeEvents()).containsExactly("close guest");
    transport.exited("guest");
    assertThat(transport.takeEvents()).containsExactly("close host");
  }

  @Test
  void whatHasNothingToDoWithEachOtherEndsAtTheSameTime() {
    open("popen//id=a", "popen//id=b", "popen//id=c");
    transport.slowToExit.addAll(List.of("a", "b", "c"));

    group.terminate(PATIENCE).subscribe();

    assertThat(transport.takeEvents()).containsExactly("close a", "close b", "close c");
  }

  @Test
  void oneThatDoesNotEndHoldsItsHopUpNoLongerThanTheTimeout() {
    open("popen//id=a", "popen//id=b//via=a");
    transport.slowToExit.add("b");

    List<GatewayEnd> ends = group.terminate(Duration.ofMillis(300)).block(PATIENCE);

    assertThat(transport.events).containsExactly("close b", "kill b", "close a");
    assertThat(ends)
        .extracting(GatewayEnd::outcome)
        .containsExactly(GatewayEnd.Outcome.EXITED, GatewayEnd.Outcome.KILLED);
  }

  @Test
  void withoutAnyTimeAllAreKilledInTheSameOrder() {
    open("popen//id=a", "popen//id=b//via=a");

    group.terminate(Duration.ZERO).block(PATIENCE);

    assertThat(transport.events).containsExactly("kill b", "kill a");
  }

  private void assertEnd(Mono<GatewayEnd> exit, Runnable event, GatewayEnd.Outcome outcome) {
    CompletableFuture<GatewayEnd> end = exit.toFuture();
    assertThat(end).isNotDone();
    event.run();
    assertThat(end).succeedsWithin(PATIENCE).extracting(GatewayEnd::outcome).isEqualTo(outcome);
  }

  @Test
  void whereNothingTellsOfTheWorkerOnlyAnOrderlyEndIsOne() {
    open("socket=localhost//id=a", "socket=localhost//id=b", "socket=localhost//id=c");
    transport.slowToExit.addAll(List.of("a", "b", "c"));
    transport.silent.add("c");

    assertEnd(
        group.gateway("a").orElseThrow().exit(),
        () -> transport.disconnected("a", null),
        GatewayEnd.Outcome.EXITED);
    assertEnd(
        group.gateway("b").orElseThrow().exit(),
        () -> transport.disconnected("b", new IOException("reset")),
        GatewayEnd.Outcome.UNKNOWN);
    assertEnd(
        group.gateway("c").orElseThrow().kill(),
        () -> transport.disconnected("c", null),
        GatewayEnd.Outcome.UNKNOWN);
  }

  @Test
  void aConnectionThatBreaksBeforeTheStatusCameDoesNotMatter() {
    open("popen//id=a");
    transport.slowToExit.add("a");

    assertEnd(
        group.gateway("a").orElseThrow().exit(),
        () -> {
          transport.disconnects("a", new IOException("reset"));
          transport.exited("a");
        },
        GatewayEnd.Outcome.EXITED);
  }

  @Test
  void aChainOfThoseThatDoNotEndHasTheTimeoutAndTwoSecondsForEach() {
    VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
    try {
      open("popen//id=a", "popen//id=b//via=a", "popen//id=c//via=b");
      transport.slowToExit.addAll(List.of("a", "b", "c"));
      transport.silent.addAll(List.of("a", "b", "c"));

      CompletableFuture<List<GatewayEnd>> ends = group.terminate(Duration.ofSeconds(1)).toFuture();
      clock.advanceTimeBy(Duration.ofMillis(8_999));
      assertThat(ends).isNotDone();
      clock.advanceTimeBy(Duration.ofMillis(1));

      assertThat(ends.getNow(List.of()))
          .extracting(GatewayEnd::outcome)
          .hasSize(3)
          .containsOnly(GatewayEnd.Outcome.UNKNOWN);
    } finally {
      VirtualTimeScheduler.reset();
    }
    assertThat(transport.events)
        .containsExactly("close c", "kill c", "close b", "kill b", "close a", "kill a");
  }

  @Test
  void itGoesOnWithoutWhoeverAskedForIt() {
    open("popen//id=a", "popen//id=b//via=a");
    transport.slowToExit.add("b");

    Disposable termination = group.terminate(PATIENCE).subscribe();
    termination.dispose();
    transport.exited("b");

    assertThat(transport.events).containsExactly("close b", "close a");
    assertThat(group.gateways()).isEmpty();
  }

  @Test
  void aHopIsTheGatewayThatHadTheIdThen() {
    open("popen//id=a", "popen//id=b//via=a");
    group.gateway("a").orElseThrow().exit().block(PATIENCE);
    open("popen//id=a//via=b");
    transport.slowToExit.add("a");

    group.terminate(PATIENCE).subscribe();

    assertThat(transport.takeEvents()).containsExactly("close a");
    transport.exited("a");
    assertThat(transport.takeEvents()).containsExactly("close b");
  }
}
