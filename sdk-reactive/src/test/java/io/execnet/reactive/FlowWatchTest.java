package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.spec.XSpec;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;

/** What the log says of those who wait for long. */
class FlowWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final GroupOptions OPTIONS =
      GroupOptions.defaults()
          .withScheduler(Schedulers.immediate())
          .withStallThreshold(Duration.ZERO);

  private final FakeConnection connection = new FakeConnection();
  private final DefaultGateway gateway =
      new DefaultGateway(
          "gw0", XSpec.parse("popen"), OPTIONS, new OutputHub(OPTIONS), connection, () -> {});
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final FlowWatch watch =
      new FlowWatch(
          gateway, Duration.ofMillis(40), Optional.of(new GatewayMeters("test", "gw0")), logger());

  private Logger logger() {
    return (Logger)
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
              log.add(method.getName() + " " + Arrays.deepToString(arguments));
              return null;
            });
  }

  @BeforeEach
  void listen() {
    Metrics.addRegistry(registry);
  }

  @AfterEach
  void stop() {
    watch.stop();
    Metrics.removeRegistry(registry);
  }

  @Test
  void saysOnceThatSomebodyWaitsAndOnceThatItIsOver() {
    gateway.start();
    Channel channel = gateway.newChannel().block();
    connection.writable = false;
    Disposable sending = channel.send(Flux.range(0, 10)).subscribe();
    watch.start();

    await().atMost(PATIENCE).until(() -> !log.isEmpty());
    Duration reported = onlyWait().time();
    await().atMost(PATIENCE).until(() -> onlyWait().time().compareTo(reported.multipliedBy(4)) > 0);
    assertThat(gauge("waiting", "waiter", "sender_to_transport")).isEqualTo(1);
    assertThat(gauge("waiting.longest", "waiter", "sender_to_transport")).isGreaterThan(0.04);
    assertThat(gauge("channels")).isEqualTo(1);
    assertThat(log)
        .singleElement()
        .asString()
        .startsWith("warn")
        .contains("gw0", "channel 1: 0 items", "the transport takes nothing");
    connection.writable = true;
    gateway.onWritable();
    await().atMost(PATIENCE).until(() -> log.size() == 2);
    assertThat(List.copyOf(log).get(1))
        .startsWith("info")
        .contains("channel 1", "it is over", "the transport takes nothing");
    assertThat(sending.isDisposed()).isTrue();
    watch.stop();
    assertThat(registry.getMeters()).isEmpty();
  }

  private double gauge(String name, String... tags) {
    return registry
        .get("execnet.gateway." + name)
        .tag("group", "test")
        .tag("gateway", "gw0")
        .tags(tags)
        .gauge()
        .value();
  }

  private Wait onlyWait() {
    List<ChannelFlow> channels = gateway.flowNow().channels();
    assertThat(channels).singleElement();
    return channels.get(0).waits().get(0);
  }

  @Test
  void subscribersMayWaitAsLongAsTheyLike() {
    gateway.start();
    Channel channel = gateway.newChannel().block();
    channel.receive().subscribe();
    watch.start();

    await().atMost(PATIENCE).until(() -> onlyWait().time().compareTo(Duration.ofMillis(200)) > 0);
    assertThat(onlyWait().waiter()).isEqualTo(Waiter.RECEIVER);
    assertThat(log).isEmpty();
  }
}
