package io.execnet.reactive;

import static io.execnet.reactive.Opening.exec;
import static io.execnet.reactive.Opening.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** To wait for the end of code whose items nobody receives fails where that can't come. */
@Timeout(120)
class WaitCloseIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LARGE = "channel.send(bytes(60000))";
  private static final String TWO = "channel.send(1)\nchannel.send(2)";

  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withTerminateTimeout(Duration.ofSeconds(1));

  /** Two large items fill it, and no channel's own buffer. */
  private Group group = Group.create(OPTIONS.withGatewayBuffer(100_000));

  @AfterEach
  void close() {
    group.close();
  }

  private static ChannelFlow flow(Channel channel) {
    return channel.gateway().flow().blockOptional(PATIENCE).orElseThrow().channels().stream()
        .filter(each -> each.channelId() == channel.id())
        .findFirst()
        .orElseThrow();
  }

  /** Two channels that nobody receives, one of which has ended, hold all that the gateway may. */
  private static List<Channel> fill(Gateway gateway) {
    Channel ended = exec(gateway, LARGE);
    Channel endless = exec(gateway, "while True: " + LARGE);
    await().atMost(PATIENCE).until(ended::isClosed);
    await().atMost(PATIENCE).until(() -> flow(endless).heldItems() > 0);
    return List.of(ended, endless);
  }

  private static void assertFails(Mono<Void> end) {
    StepVerifier.create(end)
        .expectErrorSatisfies(WaitCloseIT::assertNamesTheGatewaysBuffer)
        .verify(PATIENCE);
  }

  private static void assertNamesTheGatewaysBuffer(Throwable error) {
    assertThat(error)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("will not end")
        .hasMessageContaining("GroupOptions.gatewayBuffer")
        .hasMessageContaining("nobody receives");
  }

  @Test
  void whatNobodyReceivesOnOtherChannelsIsNoticedInEveryWayToWait() {
    Gateway gateway = open(group, "popen");
    Channel early = exec(gateway, "channel.receive()\n" + TWO);
    Mono<Void> earlyEnd = early.waitClose().cache();
    earlyEnd.subscribe(nothing -> {}, error -> {});
    List<Channel> full = fill(gateway);
    Channel channel = exec(gateway, TWO);
    early.send(Mono.just(0)).block(PATIENCE);

    assertFails(earlyEnd);
    assertFails(channel.waitClose());
    assertFails(MultiChannel.of(List.of(channel, early)).waitClose());
    assertThatThrownBy(() -> channel.blocking().waitClose(PATIENCE))
        .satisfies(WaitCloseIT::assertNamesTheGatewaysBuffer);
    assertFails(full.get(1).waitClose());
    full.get(0).waitClose().block(PATIENCE);
    assertThat(flow(full.get(0)).toString()).contains("closed: 1 items of 600");

    full.get(0).receive().blockLast(PATIENCE);
    full.get(1).cancel().block(PATIENCE);
    full.get(1).receive().onErrorComplete().blockLast(PATIENCE);
    channel.waitClose().block(PATIENCE);
    early.waitClose().block(PATIENCE);
  }

  /** Code that fills the buffer, and who receives it but requests nothing. */
  private static Disposable fillReceived(Gateway gateway) {
    Channel large = exec(gateway, "while True: " + LARGE);
    BaseSubscriber<Object> receiver =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {}
        };
    large.receive().subscribe(receiver);
    await().atMost(PATIENCE).until(() -> flow(large).heldItems() == 2);
    return receiver;
  }

  @Test
  void whatSomebodyStopsToReceiveIsNoticedToo() {
    Gateway gateway = open(group, "popen");
    Disposable receiver = fillReceived(gateway);
    Channel channel = exec(gateway, TWO);
    Mono<Void> end = channel.waitClose().cache();
    end.subscribe(nothing -> {}, error -> {});
    await().atMost(PATIENCE).until(() -> flow(channel).heldItems() == 1);
    receiver.dispose();

    assertFails(end);
  }

  @Test
  void itemsThatSomebodyReceivesSlowlyAreNoReasonToFail() {
    Gateway gateway = open(group, "popen");
    Disposable receiver = fillReceived(gateway);

    exec(gateway, "channel.send(1)").waitClose().block(PATIENCE);
    receiver.dispose();
  }

  static Stream<Worker> withoutCredit() {
    return Stream.concat(Stream.of(new Worker("ours", () -> "popen")), Worker.stock().limit(1));
  }

  @ParameterizedTest
  @MethodSource("withoutCredit")
  void withoutCreditItsOwnBufferAloneIsAReasonToFail(Worker worker) {
    group.close();
    group = Group.create(OPTIONS.withUnboundedChannels().withReceiveBuffer(4, 1 << 20));
    Gateway gateway = worker.open(group);
    assertThat(gateway.capabilities()).doesNotContain(Capability.CREDIT);
    Channel other = exec(gateway, "channel.receive()");
    try (Logged log = new Logged()) {
      Channel full = exec(gateway, "for i in range(1000000): channel.send(i)");
      StepVerifier.create(full.waitClose())
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("GroupOptions.receiveBuffer"))
          .verify(PATIENCE);
      assertThat(log.lines("WARN", "the gateway does not read")).hasSize(1);

      Mono<Void> end = other.waitClose().cache();
      end.subscribe();
      other.send(Mono.just(1)).block(PATIENCE);
      assertThat(flow(other).waits()).extracting(Wait::waiter).containsExactly(Waiter.CLOSE);
      assertThat(gateway.flow().block(PATIENCE).isReading()).isFalse();
      full.receive().take(100_000).blockLast(PATIENCE);
      full.close().block(PATIENCE);
      end.block(PATIENCE);
    }
  }
}
