package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.LoadException;
import io.execnet.testing.StockExecnet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Credit, channel by channel. */
class CreditIT extends OwnGroup {

  private static final GroupOptions ONE =
      GroupOptions.defaults().withReceiveBuffer(1, 1 << 20).withSendBuffer(1, 1 << 20);

  CreditIT() {
    super(ONE);
  }

  private Channel exec(Gateway gateway, String source) {
    return gateway.remoteExec(source).open().blockOptional(PATIENCE).orElseThrow();
  }

  @Test
  void whatNobodyWillEverTakeIsNoBurden() {
    groupWith(GroupOptions.defaults().withGatewayBuffer(1 << 20));
    Gateway gateway = open("popen");
    for (int i = 0; i < 50; i++) {
      exec(gateway, "for i in range(3): channel.send(bytes(300000))").close().block(PATIENCE);
    }
    StepVerifier.create(
            gateway.remoteExec("for i in range(10): channel.send(bytes(100000))").receive())
        .expectNextCount(10)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aSendThatWaitsForCreditEndsWithTheChannel() {
    Channel channel = exec(open("popen"), "import time\ntime.sleep(1000)");
    channel.send(1).block(PATIENCE);

    StepVerifier.create(channel.send(2))
        .expectSubscription()
        .then(() -> channel.close().block(PATIENCE))
        .expectErrorMatches(error -> String.valueOf(error.getMessage()).contains("closed"))
        .verify(PATIENCE);
  }

  @Test
  void aSourceThatEndsWhereTheCreditDoesHasBeenSent() {
    Channel channel = exec(open("popen"), "import time\ntime.sleep(1000)");

    StepVerifier.create(channel.send(Flux.just(1))).expectComplete().verify(PATIENCE);
    StepVerifier.create(channel.send(Flux.error(new IllegalStateException("no more"))))
        .expectErrorMessage("no more")
        .verify(PATIENCE);
    StepVerifier.create(channel.send(2).timeout(Duration.ofMillis(50)))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
    StepVerifier.create(channel.send(3))
        .expectSubscription()
        .then(() -> channel.halfClose().block(PATIENCE))
        .expectErrorMatches(error -> error.getMessage().contains("closed for sending"))
        .verify(PATIENCE);
  }

  @Test
  void itemsLargerThanTheBufferGoOneByOne() {
    groupWith(
        GroupOptions.defaults()
            .withReceiveBuffer(1024, 1000)
            .withSendBuffer(1024, 1000)
            .withGatewayBuffer(1000));
    Flux<byte[]> large = Flux.range(0, 20).map(i -> new byte[100_000 + i]);

    StepVerifier.create(
            open("popen")
                .remoteExec("for item in channel: channel.send(item)")
                .exchange(large, byte[].class)
                .map(bytes -> bytes.length - 100_000))
        .expectNextSequence(Flux.range(0, 20).toIterable())
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void theSameItemsComeWhateverTheLimits() {
    for (int items : new int[] {1, 2, 3, 1000}) {
      groupWith(
          GroupOptions.defaults()
              .withReceiveBuffer(items, 50)
              .withSendBuffer(items, 50)
              .withGatewayBuffer(60)
              .withScheduler(Schedulers.immediate()));
      Mono<List<Long>> echoed =
          open("popen")
              .remoteExec("channel.setcallback(channel.send)\nchannel.waitclose()")
              .exchange(Flux.range(0, 500), Long.class)
              .collectList();
      StepVerifier.create(echoed)
          .expectNextMatches(list -> list.size() == 500 && list.get(499) == 499L)
          .expectComplete()
          .verify(PATIENCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "'no number'"})
  void whatIsOnItsWayFromAStreamThatNobodyWantsAnyMoreStopsNoReading(String first) {
    groupWith(GroupOptions.defaults().withUnboundedChannels().withReceiveBuffer(4, 1 << 20));
    Gateway gateway = open("popen");
    String flood = "channel.send(%s)\nwhile True: channel.send(1)".formatted(first);
    gateway
        .remoteExec(flood)
        .receive(Long.class)
        .onErrorComplete(LoadException.class)
        .take(1)
        .blockLast(PATIENCE);

    await()
        .atMost(PATIENCE)
        .until(() -> gateway.remoteStatus().block(PATIENCE).numexecuting() == 0);
  }

  @Test
  void saysWhetherItHasCredit() {
    assertThat(open("popen").capabilities()).containsExactlyInAnyOrder(Capability.values());
    assertThat(open("popen//bootstrap=import//python=" + StockExecnet.newest()).capabilities())
        .isEmpty();
    groupWith(GroupOptions.defaults().withUnboundedChannels());
    Gateway unbounded = open("popen");
    assertThat(unbounded.capabilities())
        .containsExactlyInAnyOrder(
            Capability.CANCEL,
            Capability.PING,
            Capability.DIAGNOSE,
            Capability.MARSHAL,
            Capability.ITEMS);
    StepVerifier.create(unbounded.remoteExec("channel.send(1)").receive())
        .expectNext(1L)
        .expectComplete()
        .verify(PATIENCE);
  }
}
