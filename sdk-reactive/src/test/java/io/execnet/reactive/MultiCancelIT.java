package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.LoadException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Code that runs on several gateways is stopped on each of them, whatever it is at. */
@Timeout(120)
@ParameterizedClass
@ValueSource(
    strings = {
      "time.sleep(600)",
      "while True: pass",
      "channel.gateway.newchannel().receive()",
      "while True: channel.send(2)"
    })
class MultiCancelIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Tells in its worker, where other code finds it, how far it has come. */
  private static final String TELLING =
      """
      import builtins, threading, time

      def run(channel, failing):
          builtins.told, builtins.go_on = 'begun', threading.Event()
          try:
              channel.send(1)
              if channel.gateway.id.startswith(failing):
                  go_on.wait()
                  channel.send('no number')
              %s
          finally:
              builtins.told = 'finally'
      """;

  private static final String NONE = "none of them";

  private static final GatewayManager MANAGER =
      GatewayManager.create(GatewayManagerOptions.of("3*popen"));

  @Parameter String code;

  private final Set<Gateway> running = ConcurrentHashMap.newKeySet();
  private final Sinks.Empty<Void> allRun = Sinks.empty();

  @BeforeAll
  static void open() {
    MANAGER.makeGateways().map(OpenResult::orThrow).blockLast(PATIENCE);
  }

  @AfterAll
  static void close() {
    MANAGER.close();
  }

  private MultiExec exec(String failing) {
    return MANAGER.remoteExec(TELLING.formatted(code)).function("run", Map.of("failing", failing));
  }

  /** Runs it, and tells when it runs on all. */
  private Mono<Void> run(String failing) {
    return exec(failing)
        .receive(Long.class)
        .doOnNext(
            item -> {
              if (running.add(item.channel().gateway()) && running.size() == 3) {
                allRun.tryEmitEmpty();
              }
            })
        .then();
  }

  private static void assertStopped() {
    for (Gateway gateway : MANAGER.group()) {
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.remoteStatus().block(PATIENCE).numexecuting() == 0);
      assertThat(gateway.remoteExec("channel.send(told)").receive().blockLast(PATIENCE))
          .isEqualTo("finally");
    }
  }

  @Test
  void byASubscriberThatGoes() {
    Disposable subscriber = run(NONE).subscribe();
    allRun.asMono().block(PATIENCE);
    subscriber.dispose();

    assertStopped();
  }

  @Test
  void byATimeout() {
    StepVerifier.create(run(NONE).timeout(allRun.asMono()))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);

    assertStopped();
  }

  @Test
  void byAnItemOfOneThatDoesNotFit() {
    Gateway failing = MANAGER.group().gateway(1);
    StepVerifier.create(run(failing.id()))
        .expectSubscription()
        .then(() -> allRun.asMono().block(PATIENCE))
        .then(() -> failing.remoteExec("go_on.set()").run().block(PATIENCE))
        .expectError(LoadException.class)
        .verify(PATIENCE);

    assertStopped();
  }

  @Test
  void byACancelOfItsChannels() {
    MultiChannel channels = exec(NONE).open().blockOptional(PATIENCE).orElseThrow();
    channels.receiveEach().blockLast(PATIENCE);
    channels.cancel().block(PATIENCE);

    assertThat(channels).allMatch(Channel::isClosed);
    assertStopped();
  }
}
