package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** That somebody waits for long, in the log and in gauges, over real gateways. */
@Timeout(120)
class StallIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String BEGIN = "the code there can't send, since nobody takes what is here";
  private static final String END = "it is over that the code there can't send";

  /** Of its payload. */
  private static final int BYTES_OF_AN_INT = 5;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Logged log = new Logged();
  private final CompletableFuture<Void> taking = new CompletableFuture<>();
  private final Group group =
      Group.create(
          GroupOptions.defaults()
              .withReceiveBuffer(4, 1 << 20)
              .withStallThreshold(Duration.ofMillis(100))
              .withMetrics("stalls")
              .withOutput(line -> taking.join())
              .withTerminateTimeout(Duration.ofSeconds(1)));

  @BeforeEach
  void listen() {
    Metrics.addRegistry(registry);
  }

  @AfterEach
  void close() {
    taking.complete(null);
    group.close();
    log.close();
    Metrics.removeRegistry(registry);
  }

  private Channel running(String source) {
    return group
        .makeGateway()
        .flatMap(gateway -> gateway.remoteExec(source).open())
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  /** Code that can't send, and has for long enough for the log to say so. */
  private Channel stalled() {
    Channel channel = running("while True: channel.send(1)");
    await().atMost(PATIENCE).until(() -> !log.lines("WARN", "gw0, channel", BEGIN).isEmpty());
    return channel;
  }

  private double gauge(String name, String... tags) {
    return registry
        .get("execnet.gateway." + name)
        .tag("group", "stalls")
        .tag("gateway", "gw0")
        .tags(tags)
        .gauge()
        .value();
  }

  @Test
  void isToldWhenItBeginsAndWhenItEnds() {
    Channel channel = stalled();
    assertThat(log.lines("WARN", BEGIN)).hasSize(1);
    assertThat(log.lines(END)).isEmpty();
    assertThat(gauge("channels")).isEqualTo(1);
    assertThat(gauge("held.items")).isEqualTo(4);
    assertThat(gauge("held")).isEqualTo(4 * BYTES_OF_AN_INT);
    assertThat(gauge("waiting", "waiter", "remote_sender")).isEqualTo(1);
    assertThat(gauge("waiting.longest", "waiter", "remote_sender")).isGreaterThanOrEqualTo(0.1);

    Disposable receiving = channel.receive().subscribe(item -> {}, error -> {});
    await().atMost(PATIENCE).until(() -> log.lines("INFO", "gw0, channel", END).size() == 1);
    await().atMost(PATIENCE).until(() -> gauge("waiting", "waiter", "remote_sender") == 0);
    receiving.dispose();
  }

  @Test
  void gaugesTellWhatIsOnItsWayToTheCodeAndFromItsPrints() {
    Channel channel = running("print('x' * 100)\nchannel.waitclose()");
    channel.send(Flux.just(1, 2, 3)).block(PATIENCE);

    await().atMost(PATIENCE).until(() -> gauge("sent.items") == 3);
    assertThat(gauge("sent")).isEqualTo(3 * BYTES_OF_AN_INT);
    await().atMost(PATIENCE).until(() -> gauge("printed") == 100);

    taking.complete(null);
    channel.close().block(PATIENCE);
    await()
        .atMost(PATIENCE)
        .until(() -> gauge("sent.items") + gauge("sent") + gauge("printed") == 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsWithItsGateway(boolean lost) {
    Channel channel = stalled();
    if (lost) {
      long pid = channel.gateway().rinfo().block(PATIENCE).pid();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      channel.gateway().onEnd().onErrorComplete().block(PATIENCE);
    } else {
      channel.gateway().exit().block(PATIENCE);
    }

    assertThat(log.lines("INFO", END)).hasSize(1);
    assertThat(registry.find("execnet.gateway.channels").gauges()).isEmpty();
  }

  /** What is to run without Micrometer on the class path. */
  static final class WithoutMicrometer {
    private WithoutMicrometer() {}

    public static void main(String[] args) {
      GroupOptions options =
          GroupOptions.defaults()
              .withReceiveBuffer(4, 1 << 20)
              .withStallThreshold(Duration.ofMillis(10));
      try (Group group = Group.create(options)) {
        Gateway gateway = group.makeGateway().block();
        Channel channel = gateway.remoteExec("while True: channel.send(1)").open().block();
        channel.waitClose().onErrorComplete().block();
        System.out.println(gateway.flow().block());
        options.withMetrics("none");
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void needsNoMicrometerWhereNobodyAsksForGauges() throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Arrays.stream(classPath.split(File.pathSeparator))
                    .filter(each -> !each.contains("micrometer"))
                    .collect(Collectors.joining(File.pathSeparator)),
                WithoutMicrometer.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output)
        .contains("gateway gw0: 1 channels are open", BEGIN)
        .contains("metrics need io.micrometer:micrometer-core");
    assertThat(jvm.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(jvm.exitValue()).isZero();
  }
}
