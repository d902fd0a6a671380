package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.testing.StockExecnet;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Channels that are stalled for good stop nobody else. */
@Timeout(120)
class IsolationIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String FLOOD = "while True: channel.send(bytes(10000))";
  private static final String DEAF = "channel.gateway.newchannel().receive()";
  private static final String STUCK_CALLBACK =
      """
      never = channel.gateway.newchannel()
      channel.setcallback(lambda item: never.receive())
      try:
          channel.waitclose()
      finally:
          never.close()
      """;

  static final GroupOptions OPTIONS =
      GroupOptions.defaults()
          .withReceiveBuffer(16, 100_000)
          .withSendBuffer(16, 100_000)
          .withGatewayBuffer(200_000);

  private final Group group = Group.create(OPTIONS);

  @AfterEach
  void close() {
    group.close();
  }

  /** Those that run more than one piece of code at a time. */
  static Stream<Worker> workers() {
    return Worker.everywhere().filter(it -> !it.name().startsWith("main_thread_only"));
  }

  private static Channel exec(Gateway gateway, String source) {
    return gateway.remoteExec(source).open().blockOptional(PATIENCE).orElseThrow();
  }

  /** Runs it, and sends to it what it will never take all of. */
  private static Channel feed(Gateway gateway, String source) {
    Channel channel = exec(gateway, source);
    channel.send(Flux.range(0, 1_000)).subscribe(null, error -> {});
    return channel;
  }

  private static void awaitStalled(Gateway gateway, Channel channel, Waiter waiter) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(waiters(gateway, channel)).contains(waiter));
  }

  private static Set<Waiter> waiters(Gateway gateway, Channel channel) {
    return gateway.flow().blockOptional(PATIENCE).orElseThrow().channels().stream()
        .filter(each -> each.channelId() == channel.id())
        .flatMap(each -> each.waits().stream())
        .map(Wait::waiter)
        .collect(Collectors.toSet());
  }

  private static void assertAHundredFinish(Gateway gateway) {
    Flux<Long> sums =
        Flux.range(0, 100)
            .flatMap(
                i ->
                    gateway
                        .remoteExec("for x in channel: channel.send(bytes(1000))")
                        .exchange(Flux.range(0, 20), byte[].class)
                        .map(bytes -> (long) bytes.length)
                        .reduce(0L, Long::sum),
                100);
    StepVerifier.create(sums.distinct()).expectNext(20_000L).expectComplete().verify(PATIENCE);
  }

  @ParameterizedTest
  @MethodSource("workers")
  void onTheSameGateway(Worker worker) {
    stall(worker.open(group));
  }

  /**
   * Has others finish on a gateway of these options while there are some that can't.
   *
   * @return those, which are still stalled
   */
  static List<Channel> stall(Gateway gateway) {
    Channel flooding = exec(gateway, FLOOD);
    Channel deaf = feed(gateway, DEAF);
    Channel calling = feed(gateway, STUCK_CALLBACK);
    awaitStalled(gateway, flooding, Waiter.REMOTE_SENDER);
    awaitStalled(gateway, deaf, Waiter.SENDER);
    awaitStalled(gateway, calling, Waiter.SENDER);

    assertAHundredFinish(gateway);

    assertThat(waiters(gateway, flooding)).containsExactly(Waiter.REMOTE_SENDER);
    assertThat(waiters(gateway, deaf)).containsExactly(Waiter.SENDER);
    assertThat(waiters(gateway, calling)).containsExactly(Waiter.SENDER);
    return List.of(flooding, deaf, calling);
  }

  static Stream<String> stalled() {
    return Stream.of("popen", "popen//bootstrap=import//python=" + StockExecnet.newest());
  }

  /** Of one without credit nothing at all is read then, and its hop is not to wait for that. */
  @ParameterizedTest
  @MethodSource("stalled")
  void behindTheSameHop(String spec) {
    group.makeGateway("popen//id=hop").block(PATIENCE);
    Gateway gateway = group.makeGateway(spec + "//via=hop").blockOptional(PATIENCE).orElseThrow();
    Channel flooding = exec(gateway, FLOOD);
    awaitStalled(gateway, flooding, Waiter.REMOTE_SENDER);

    Gateway other = group.makeGateway("popen//via=hop").blockOptional(PATIENCE).orElseThrow();
    assertAHundredFinish(other);
    assertThat(waiters(gateway, flooding)).containsExactly(Waiter.REMOTE_SENDER);
  }
}
