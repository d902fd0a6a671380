package io.execnet.reactive;

import static io.execnet.reactive.Opening.exec;
import static io.execnet.reactive.Opening.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.execnet.testing.StockExecnet;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** "It hangs": who waits for whom, told by one call. */
@Timeout(120)
class FlowIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String COUNT =
      "import itertools\nfor i in itertools.count(): channel.send(i)";

  private final Group group =
      Group.create(
          GroupOptions.defaults()
              .withReceiveBuffer(4, 1 << 20)
              .withSendBuffer(4, 1 << 20)
              .withTerminateTimeout(Duration.ofSeconds(1)));

  @AfterEach
  void close() {
    group.close();
  }

  /** What is told of a channel, as soon as this one waits there. */
  private ChannelFlow awaitWaiter(Gateway gateway, Channel channel, Waiter waiter) {
    AtomicReference<ChannelFlow> found = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              GatewayFlow flow = gateway.flow().blockOptional(PATIENCE).orElseThrow();
              flow.channels().stream()
                  .filter(each -> each.channelId() == channel.id())
                  .filter(each -> each.waits().stream().anyMatch(it -> it.waiter() == waiter))
                  .forEach(found::set);
              return found.get() != null;
            });
    return found.get();
  }

  @Test
  void theCodeThereCanNotSend() {
    Gateway gateway = open(group, "popen");
    Channel channel = exec(gateway, COUNT);
    ChannelFlow flow = awaitWaiter(gateway, channel, Waiter.REMOTE_SENDER);

    assertThat(flow.heldItems()).isEqualTo(4);
    assertThat(flow.heldBytes()).isEqualTo(20);
    assertThat(flow.sentItems()).isZero();
    assertThat(flow.toString())
        .contains("4 items of 20 bytes are held here, 0 of 0 there")
        .contains("ms the code there can't send, since nobody takes what is here");
    channel.receive().take(100).blockLast(PATIENCE);
    // credit for one that was taken may be kept back, to be given together with the next
    assertThat(awaitWaiter(gateway, channel, Waiter.REMOTE_SENDER).heldItems()).isBetween(3, 4);
  }

  @Test
  void allChannelsTogetherHoldTooMuch() {
    group.close();
    try (Group small = Group.create(GroupOptions.defaults().withGatewayBuffer(100_000))) {
      Gateway gateway = small.makeGateway().blockOptional(PATIENCE).orElseThrow();
      Channel channel = exec(gateway, "while True: channel.send('x' * 60000)");
      ChannelFlow flow = awaitWaiter(gateway, channel, Waiter.REMOTE_SENDER);

      assertThat(flow.heldItems()).isEqualTo(2);
    }
  }

  @Test
  void theCodeThereTakesNothing() {
    Gateway gateway = open(group, "popen");
    Channel channel = exec(gateway, "channel.gateway.newchannel().receive()");
    channel.send(Flux.range(0, 100)).subscribe(null, error -> {});
    ChannelFlow flow = awaitWaiter(gateway, channel, Waiter.SENDER);

    assertThat(flow.sentItems()).isEqualTo(4);
    assertThat(flow.sentBytes()).isEqualTo(20);
    assertThat(group.flow().block(PATIENCE))
        .singleElement()
        .asString()
        .startsWith("gateway gw0: 1 channels are open\n  channel " + channel.id() + ": ")
        .contains("nothing can be sent, since the code there takes nothing");
  }

  @Test
  void aSubscriberGetsNothing() {
    Gateway gateway = open(group, "popen");
    Channel channel = exec(gateway, "channel.send(1)\nchannel.receive()");
    BaseSubscriber<Object> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {}
        };
    channel.receive().subscribe(subscriber);
    assertThat(gateway.flow().block(PATIENCE).channels().get(0).waits()).isEmpty();
    subscriber.request(2);

    assertThat(awaitWaiter(gateway, channel, Waiter.RECEIVER).waits()).hasSize(1);
  }

  @Test
  void theCodeThereGoesOnAfterACancel() {
    Gateway gateway = open(group, "popen");
    Channel channel =
        exec(
            gateway,
            """
            import time
            channel.send(1)
            while True:
                try: time.sleep(600)
                except KeyboardInterrupt: pass
            """);
    channel.receive().next().block(PATIENCE);
    channel.cancel().subscribe();

    assertThat(awaitWaiter(gateway, channel, Waiter.CANCELLER).toString())
        .contains("the code was cancelled, and still runs");
  }

  @Test
  void aStockWorkersGatewayDoesNotRead() {
    Gateway gateway = open(group, "popen//bootstrap=import//python=" + StockExecnet.newest());
    Channel channel = exec(gateway, COUNT);
    ChannelFlow flow = awaitWaiter(gateway, channel, Waiter.REMOTE_SENDER);

    assertThat(flow.heldItems()).isGreaterThanOrEqualTo(4);
    assertThat(gateway.flow().block(PATIENCE).toString())
        .contains("it does not read until a channel is emptied");
    channel.receive().take(1).blockLast(PATIENCE);
  }

  @Test
  void aThresholdBelowZeroIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupOptions.defaults().withStallThreshold(Duration.ofMillis(-1)));
  }
}
