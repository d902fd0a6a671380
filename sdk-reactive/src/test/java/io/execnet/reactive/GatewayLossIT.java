package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class GatewayLossIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String FOREVER =
      "import itertools\nfor i in itertools.count(): channel.send(i)";

  private final Group group = Group.create();

  @AfterEach
  void close() {
    group.close();
  }

  private Gateway open() {
    return group.makeGateway().blockOptional(PATIENCE).orElseThrow();
  }

  private static Consumer<Throwable> lostBy(Gateway gateway, String signal) {
    return error ->
        assertThat(error)
            .isInstanceOfSatisfying(
                GatewayLostException.class,
                lost -> {
                  assertThat(lost.gatewayId()).isEqualTo(gateway.id());
                  assertThat(lost.exitStatus().orElseThrow().signal()).contains(signal);
                });
  }

  @Test
  void aKilledWorkerEndsEveryChannelWithTheSignalAndOtherGatewaysGoOn() {
    Gateway doomed = open();
    Gateway other = open();
    long pid = doomed.rinfo().block(PATIENCE).pid();
    Channel waiting = doomed.remoteExec("channel.receive()").open().block(PATIENCE);
    Channel idle = doomed.newChannel().block(PATIENCE);
    Flux<Object> stream = doomed.remoteExec(FOREVER).receive();

    StepVerifier.create(
            Mono.when(
                stream
                    .doOnNext(
                        item -> {
                          if (item.equals(1000L)) {
                            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                          }
                        })
                    .then()))
        .expectErrorSatisfies(lostBy(doomed, "SIGKILL"))
        .verify(PATIENCE);
    StepVerifier.create(waiting.waitClose())
        .expectErrorSatisfies(lostBy(doomed, "SIGKILL"))
        .verify(PATIENCE);
    StepVerifier.create(idle.receive())
        .expectErrorSatisfies(lostBy(doomed, "SIGKILL"))
        .verify(PATIENCE);
    StepVerifier.create(doomed.onEnd())
        .expectErrorSatisfies(lostBy(doomed, "SIGKILL"))
        .verify(PATIENCE);
    StepVerifier.create(doomed.remoteExec("pass").run())
        .expectErrorSatisfies(lostBy(doomed, "SIGKILL"))
        .verify(PATIENCE);
    StepVerifier.create(other.remoteExec("channel.send(1)").receive())
        .expectNext(1L)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(group.gateways()).containsExactly(other);
  }

  @Test
  void aWorkerThatExitsTellsItsStatusAndTheEndOfItsStandardError() {
    Gateway gateway = open();

    StepVerifier.create(
            gateway.remoteExec("import os\nos.write(2, b'last words\\n')\nos._exit(7)").receive())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        GatewayLostException.class,
                        lost -> {
                          assertThat(lost.exitStatus().orElseThrow().code()).isEqualTo(7);
                          assertThat(lost.standardError()).contains("last words");
                        })
                    .hasMessageContaining("exit status 7")
                    .hasMessageContaining("last words"))
        .verify(PATIENCE);
  }

  @Test
  void aStreamThatIsBeingSentEndsTooAndItsSourceIsCancelled() {
    Gateway gateway = open();
    long pid = gateway.rinfo().block(PATIENCE).pid();
    Channel channel = gateway.remoteExec("channel.receive()").open().block(PATIENCE);

    AtomicBoolean cancelled = new AtomicBoolean();
    StepVerifier.create(channel.send(Flux.never().doOnCancel(() -> cancelled.set(true))))
        .expectSubscription()
        .then(() -> ProcessHandle.of(pid).orElseThrow().destroyForcibly())
        .expectErrorMatches(error -> error.getMessage().contains("is closed"))
        .verify(PATIENCE);
    await().atMost(PATIENCE).untilTrue(cancelled);
  }

  @Test
  void itemsThatCameBeforeTheLossAreGivenFirst() {
    Gateway gateway = open();

    StepVerifier.create(
            gateway
                .remoteExec(
                    "import os\nfor i in range(100): channel.send(i)\nos.kill(os.getpid(), 9)")
                .receive()
                .count())
        .expectErrorSatisfies(lostBy(gateway, "SIGKILL"))
        .verify(PATIENCE);
    StepVerifier.create(
            open()
                .remoteExec(
                    "import os\nfor i in range(100): channel.send(i)\nos.kill(os.getpid(), 9)")
                .receive()
                .onErrorComplete()
                .count())
        .expectNext(100L)
        .expectComplete()
        .verify(PATIENCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"popen", "popen//io=pipe"})
  void aLossIsSeenThoughAChannelThatNobodyReceivesHasStoppedTheReading(String spec) {
    Gateway gateway = group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
    long pid = gateway.rinfo().block(PATIENCE).pid();
    Channel full = gateway.remoteExec(FOREVER).open().block(PATIENCE);
    StepVerifier.create(full.waitClose()).expectError(IllegalStateException.class).verify(PATIENCE);

    StepVerifier.create(gateway.onEnd())
        .expectSubscription()
        .then(() -> ProcessHandle.of(pid).orElseThrow().destroyForcibly())
        .expectErrorSatisfies(lostBy(gateway, "SIGKILL"))
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void aWorkerThatReadsNoMoreIsLostThoughItLives() {
    Gateway gateway = open();
    String deaf =
        """
        import os, socket, struct, time
        stream = channel.gateway._stream
        socket.socket(fileno=os.dup(stream.read_fd)).shutdown(socket.SHUT_RD)
        stream.write_all([struct.pack('!Bii', 7, channel.id, 0)])  # LAST_MESSAGE
        while True:
            try:
                time.sleep(600)
            except KeyboardInterrupt:
                pass
        """;
    Channel channel = gateway.remoteExec(deaf).open().blockOptional(PATIENCE).orElseThrow();
    channel.receive().then().block(PATIENCE);

    StepVerifier.create(channel.waitClose())
        .expectSubscription()
        .then(() -> channel.send(1).subscribe())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(GatewayLostException.class)
                    .hasMessageContaining("the connection broke: ")
                    .hasCauseInstanceOf(IOException.class))
        .verify(PATIENCE);
  }
}
