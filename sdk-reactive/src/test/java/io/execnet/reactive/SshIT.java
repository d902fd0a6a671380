package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.GatewayLostException;
import io.execnet.transport.OutputLine;
import io.execnet.transport.OutputLine.Stream;
import io.execnet.transport.ssh.OpenSshServer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What users see of gateways over SSH, above all when they end. */
@Timeout(120)
class SshIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String FOREVER =
      "import itertools\nfor i in itertools.count(): channel.send(i)";

  private static final Consumer<Throwable> LOST =
      lost(
          error -> {
            assertThat(error.exitStatus()).isEmpty();
            assertThat(error).hasMessageContaining("lost the SSH connection to ");
          });

  private Group group = Group.create();
  private OpenSshServer server;

  @BeforeEach
  void start() {
    server = OpenSshServer.start("MaxSessions 100");
  }

  @AfterEach
  void close() {
    group.close();
    server.close();
  }

  private Gateway open() {
    return group.makeGateway(server.spec()).blockOptional(PATIENCE).orElseThrow();
  }

  private static Consumer<Throwable> lost(Consumer<GatewayLostException> how) {
    return error -> assertThat(error).isInstanceOfSatisfying(GatewayLostException.class, how);
  }

  @Test
  void aWorkerThatExitsTellsItsStatusAndTheEndOfItsStandardError() {
    StepVerifier.create(
            open()
                .remoteExec(
                    """
                    import os
                    os.write(2, b'first words\\n' * 10000 + b'last words\\n')
                    os._exit(7)
                    """)
                .receive())
        .expectErrorSatisfies(
            lost(
                error -> {
                  assertThat(error.exitStatus().orElseThrow().code()).isEqualTo(7);
                  assertThat(error.standardError()).contains("last words");
                  assertThat(error).hasMessageContaining("exit status 7");
                }))
        .verify(PATIENCE);
  }

  @Test
  void aWorkerThatCrashesTellsWhatItSaidBeforeAndThen() {
    Gateway gateway = open();
    // From its beginning: the source of an exchange is subscribed to when the code runs already.
    Flux<String> lines =
        gateway.output(Stream.STDERR).map(OutputLine::text).replay().autoConnect(0);
    Mono<Integer> go = lines.filter("about to"::equals).next().map(line -> 1);

    StepVerifier.create(
            gateway
                .remoteExec(
                    """
                    import faulthandler, sys
                    faulthandler.enable()
                    sys.stderr.write('about to\\n')
                    channel.receive()
                    faulthandler._sigsegv()
                    """)
                .exchange(go, Object.class))
        .expectErrorSatisfies(
            lost(
                error -> {
                  assertThat(error.exitStatus().orElseThrow().signal()).contains("SIGSEGV");
                  assertThat(error.standardError())
                      .startsWith("about to\nFatal Python error: Segmentation fault\n");
                }))
        .verify(PATIENCE);
    assertThat(lines.collectList().block(PATIENCE))
        .startsWith("about to", "Fatal Python error: Segmentation fault");
  }

  @Test
  void aKilledWorkerTellsTheSignalAndItsNeighboursOnTheConnectionGoOn() {
    Gateway doomed = open();
    Gateway other = open();
    StepVerifier.create(
            doomed
                .remoteExec(
                    "import os\nfor i in range(100): channel.send(i)\nos.kill(os.getpid(), 9)")
                .receive())
        .expectNextCount(100)
        .expectErrorSatisfies(
            lost(
                error -> assertThat(error.exitStatus().orElseThrow().signal()).contains("SIGKILL")))
        .verify(PATIENCE);
    StepVerifier.create(other.remoteExec("channel.send(1)").receive())
        .expectNext(1L)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aKilledServerEndsEverythingThatWaits() {
    Gateway gateway = open();
    Channel waiting = gateway.remoteExec("channel.receive()").open().block(PATIENCE);
    Channel sending = gateway.remoteExec("channel.receive()").open().block(PATIENCE);
    AtomicBoolean cancelled = new AtomicBoolean();
    sending
        .send(Flux.never().doOnCancel(() -> cancelled.set(true)))
        .subscribe(nothing -> {}, error -> {});

    StepVerifier.create(
            gateway
                .remoteExec(FOREVER)
                .receive()
                .doOnNext(
                    item -> {
                      if (item.equals(1000L)) {
                        server.killServers();
                      }
                    })
                .then())
        .expectErrorSatisfies(LOST)
        .verify(PATIENCE);
    for (Mono<Void> each :
        List.of(waiting.waitClose(), gateway.onEnd(), gateway.remoteExec("").run())) {
      StepVerifier.create(each).expectErrorSatisfies(LOST).verify(PATIENCE);
    }
    await().atMost(PATIENCE).untilTrue(cancelled);
    await().atMost(PATIENCE).until(() -> group.gateways().isEmpty());
  }

  @Test
  void aKilledServerIsNoticedThoughAChannelThatNobodyReceivesHasStoppedTheReading() {
    Gateway gateway = open();
    Channel full = gateway.remoteExec(FOREVER).open().block(PATIENCE);
    StepVerifier.create(full.waitClose()).expectError(IllegalStateException.class).verify(PATIENCE);

    StepVerifier.create(gateway.onEnd())
        .expectSubscription()
        .then(server::killServers)
        .expectErrorSatisfies(LOST)
        .verify(PATIENCE);
    StepVerifier.create(full.receive().then()).expectErrorSatisfies(LOST).verify(PATIENCE);
  }

  @Test
  void fiftyRunningExchangesHaveNoThreadsOfTheirOwn() {
    group.close();
    group = Group.create(GroupOptions.defaults().withScheduler(Schedulers.parallel()));
    Sinks.One<Integer> second = Sinks.one();
    Queue<Long> squares = new ConcurrentLinkedQueue<>();
    Mono<Void> few = exchanges(10, second.asMono(), squares);
    int before = Thread.getAllStackTraces().size();
    Mono<Void> many = exchanges(50, second.asMono(), squares);

    assertThat(Thread.getAllStackTraces().size() - before).isLessThan(20);
    assertThat(group.gateways()).hasSize(60);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(squares).containsOnly(9L);
    second.tryEmitValue(4);
    Mono.when(few, many).block(PATIENCE);
    assertThat(squares).hasSize(120).containsOnly(9L, 16L);
  }

  /** Opens gateways, and returns when each has sent its first item back. */
  private Mono<Void> exchanges(int count, Mono<Integer> second, Queue<Long> squares) {
    int sooner = squares.size();
    Mono<Void> all =
        Flux.range(0, count)
            .flatMap(i -> group.makeGateway(server.spec()), 8)
            .flatMap(
                gateway ->
                    gateway
                        .remoteExec("for x in channel: channel.send(x * x)")
                        .exchange(Flux.just(3).concatWith(second), Long.class),
                count)
            .doOnNext(squares::add)
            .then()
            .cache();
    all.subscribe();
    await().atMost(PATIENCE.multipliedBy(2)).until(() -> squares.size() == sooner + count);
    return all;
  }

  @Test
  void aGroupOfTwentySharesAConnectionAndClosesIt() {
    List<Long> pids =
        Flux.range(0, 20)
            .flatMap(i -> group.makeGateway(server.spec()))
            .flatMap(
                gateway ->
                    gateway
                        .remoteExec("import os; channel.send(os.getpid())")
                        .receive()
                        .cast(Long.class))
            .collectList()
            .block(PATIENCE);
    assertThat(pids).hasSize(20).doesNotHaveDuplicates();
    assertThat(server.connections()).isEqualTo(1);
    group.close();
    await().atMost(PATIENCE).until(() -> server.log().contains("Connection closed by"));
  }
}
