package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.execnet.core.DumpException;
import io.execnet.core.RemoteException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Channels to several real workers as one. */
class MultiChannelIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Group group = Group.create();

  @BeforeEach
  void open() {
    group.makeGateways("3*popen").map(OpenResult::orThrow).blockLast(PATIENCE);
  }

  @AfterEach
  void close() {
    group.close();
  }

  private MultiChannel exec(String source) {
    return group.remoteExec(source).open().blockOptional(PATIENCE).orElseThrow();
  }

  private static String gatewayId(ChannelEvent<?> event) {
    return event.channel().gateway().id();
  }

  @Test
  void isASequenceOfChannelsInTheOrderOfTheGateways() {
    MultiChannel channels = exec("channel.receive()");

    assertThat(channels).hasSize(3);
    assertThat(channels.size()).isEqualTo(3);
    assertThat(channels).extracting(Channel::gateway).isEqualTo(group.gateways());
    assertThat(channels.contains(channels.channel(1))).isTrue();
    assertThat(channels.contains(group.gateway(0).newChannel().block(PATIENCE))).isFalse();
  }

  @Test
  void sendsToEachAndToOneAndReceivesFromEachInOrder() {
    MultiChannel channels = exec("while True: channel.send(channel.receive() + 1)");

    channels.sendEach(1).block(PATIENCE);
    assertThat(channels.receiveEach(Long.class).collectList().block(PATIENCE))
        .containsExactly(2L, 2L, 2L);
    for (int i = 0; i < 3; i++) {
      channels.send(i, 10 * i).block(PATIENCE);
    }
    assertThat(channels.receiveEachWithChannel(Long.class).collectList().block(PATIENCE))
        .extracting(MultiChannelIT::gatewayId, ChannelEvent.Item::item)
        .containsExactly(tuple("gw0", 1L), tuple("gw1", 11L), tuple("gw2", 21L));
  }

  @Test
  void anItemThatOneChannelDoesNotTakeReachesTheOthers() {
    MultiChannel channels = exec("channel.send(channel.receive())");
    channels.channel(0).close().block(PATIENCE);

    StepVerifier.create(channels.sendEach("x"))
        .expectErrorMessage("channel 1 of gw0 is closed")
        .verify(PATIENCE);
    assertThat(channels.channel(1).receive().blockFirst(PATIENCE)).isEqualTo("x");
    assertThat(channels.channel(2).receive().blockFirst(PATIENCE)).isEqualTo("x");
    StepVerifier.create(exec("channel.receive()").sendEach(new Object()))
        .expectError(DumpException.class)
        .verify(PATIENCE);
  }

  @Test
  void functionsWithArgumentsRunEverywhere() {
    List<Object> sums =
        group
            .remoteExec("def run(channel, a, b): channel.send(a + b)")
            .function("run", Map.of("a", 1, "b", 2))
            .receive()
            .map(item -> item.item())
            .collectList()
            .block(PATIENCE);

    assertThat(sums).containsExactly(3L, 3L, 3L);
  }

  @Test
  void eachSubscriptionRunsOnTheGatewaysThatAreOpenThen() {
    MultiExec exec = group.remoteExec("channel.send(1)");
    group.gateway(0).exit().block(PATIENCE);

    assertThat(exec.receive().map(MultiChannelIT::gatewayId).collectList().block(PATIENCE))
        .containsExactlyInAnyOrder("gw1", "gw2");
  }

  @Test
  void aFloodOnOneChannelDoesNotStarveTheOthers() {
    MultiChannel channels =
        exec(
            """
            if channel.receive():
                while True:
                    channel.send(1)
            channel.send(2)
            """);
    channels.send(0, true).block(PATIENCE);
    Flux<ChannelEvent.Item<Object>> received = channels.receive();

    StepVerifier.create(received.map(MultiChannelIT::gatewayId), 0)
        .expectSubscription()
        .thenRequest(5_000)
        .expectNextCount(5_000)
        .then(() -> channels.send(1, false).block(PATIENCE))
        .thenRequest(Long.MAX_VALUE)
        .thenConsumeWhile("gw0"::equals)
        .expectNext("gw1")
        .thenCancel()
        .verify(PATIENCE);
    channels.close().block(PATIENCE);
  }

  @Test
  void waitCloseGivesTheFirstErrorWhenAllHaveEnded() {
    MultiChannel channels =
        exec(
            """
            number = channel.receive()
            if number:
                raise ValueError(number)
            channel.receive()
            """);
    channels.send(2, 2).block(PATIENCE);
    channels.send(1, 1).block(PATIENCE);
    channels.send(0, 0).block(PATIENCE);
    CompletableFuture<Void> closed = channels.waitClose().toFuture();
    await().atMost(PATIENCE).until(channels.channel(1)::isClosed);
    await().atMost(PATIENCE).until(channels.channel(2)::isClosed);
    assertThat(closed).isNotDone();
    channels.send(0, "go").block(PATIENCE);

    assertThat(closed)
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(RemoteException.class)
        .withMessage("ValueError: 1");
  }

  @Test
  void waitCloseDoesNotWaitForWhatCannotEnd() {
    MultiChannel channels = exec("while channel.gateway.id != 'gw1': channel.send(0)");

    StepVerifier.create(channels.waitClose())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("nobody receives"))
        .verify(PATIENCE);
    channels.close().block(PATIENCE);
  }

  @Test
  void aRunFailsWithTheErrorOfOneWhenTheOthersHaveDoneTheirWork() {
    MultiExec exec =
        group.remoteExec(
            """
            if channel.gateway.id.startswith('gw1'):
                raise ValueError('no')
            channel.send('done')
            """);

    StepVerifier.create(exec.receive().map(ChannelEvent.Item::item))
        .expectNext("done", "done")
        .expectErrorMessage("ValueError: no")
        .verify(PATIENCE);
    StepVerifier.create(exec.run()).expectErrorMessage("ValueError: no").verify(PATIENCE);
  }

  @Test
  void aWorkerThatDiesEndsItsOwnChannelAlone() {
    MultiChannel channels = exec("channel.send(channel.receive())");
    StepVerifier.create(channels.events(Object.class))
        .then(() -> group.gateway(1).kill().block(PATIENCE))
        .assertNext(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        ChannelEvent.End.class,
                        end -> assertThat(end.error()).hasMessage("gateway gw1 has exited")))
        .then(() -> channels.send(0, "a").block(PATIENCE))
        .assertNext(event -> assertThat(gatewayId(event)).isEqualTo("gw0"))
        .assertNext(event -> assertThat(gatewayId(event)).isEqualTo("gw0"))
        .then(() -> channels.channel(2).close().block(PATIENCE))
        .assertNext(event -> assertThat(event).isInstanceOf(ChannelEvent.End.class))
        .expectComplete()
        .verify(PATIENCE);
  }
}
