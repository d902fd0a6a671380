package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.core.ChannelClosedException;
import io.execnet.core.XSpecException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class GroupIT extends OwnGroup {

  @Test
  void numbersItsGatewaysAndKeepsThemInOrder() {
    Gateway first = open("popen");
    Gateway named = open("popen//id=master");
    Gateway second = open("popen");

    assertThat(group.gateways()).containsExactly(first, named, second);
    assertThat(group.gateways()).extracting(Gateway::id).containsExactly("gw0", "master", "gw1");
    assertThat(group.gateway("master")).contains(named);
    assertThat(group.gateway("gw7")).isEmpty();
  }

  @Test
  void refusesAnIdThatIsInUse() {
    open("popen//id=a");

    StepVerifier.create(group.makeGateway("popen//id=a"))
        .expectErrorSatisfies(
            error ->
                assertThat(error).isInstanceOf(XSpecException.class).hasMessageContaining("'a'"))
        .verify(PATIENCE);
    assertThat(group.gateways()).hasSize(1);
  }

  @Test
  void anIdIsFreeAgainAfterItsGatewayEnded() {
    open("popen//id=a").exit().block(PATIENCE);

    assertThat(open("popen//id=a").isOpen()).isTrue();
  }

  @Test
  void aFailedStartIsReportedAndLeavesTheIdFree() {
    StepVerifier.create(group.makeGateway("popen//id=a//python=/no/such/python"))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        BootstrapException.class,
                        failure ->
                            assertThat(failure.reason())
                                .isEqualTo(BootstrapException.Reason.INTERPRETER_NOT_FOUND))
                    .hasMessageContaining("/no/such/python"))
        .verify(PATIENCE);
    assertThat(group.gateways()).isEmpty();
    assertThat(open("popen//id=a").isOpen()).isTrue();
  }

  @Test
  void setsTheWorkerUp(@TempDir Path folder) {
    Path made = folder.resolve("made/for it");
    Gateway gateway =
        open("popen//chdir=" + made + "//nice=3//env:EXECNET_A=one//env:EXECNET_B=t w o");

    assertThat(made).isDirectory();
    assertThat(
            gateway
                .remoteExec(
                    """
                    import os
                    channel.send([os.getcwd(), os.nice(0), os.environ['EXECNET_A'],
                                  os.environ['EXECNET_B']])
                    """)
                .receive()
                .blockLast(PATIENCE))
        .isEqualTo(List.of(made.toString(), Math.min(19, ownNice() + 3), "one", "t w o"));
  }

  private long ownNice() {
    return open("popen")
        .remoteExec("import os; channel.send(os.nice(0))")
        .receive(Long.class)
        .blockLast(PATIENCE);
  }

  @Test
  void aSetUpThatFailsIsABootstrapError(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    StepVerifier.create(group.makeGateway("popen//chdir=" + file + "/below"))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        BootstrapException.class,
                        failure ->
                            assertThat(failure.reason())
                                .isEqualTo(BootstrapException.Reason.SETUP_FAILED)))
        .verify(PATIENCE);
    assertThat(group.gateways()).isEmpty();
  }

  @Test
  void terminateReportsHowEachGatewayEnded() {
    Gateway idle = open("popen//id=idle");
    Gateway busy = open("popen//id=busy");
    long idlePid = idle.rinfo().block(PATIENCE).pid();
    long busyPid = busy.rinfo().block(PATIENCE).pid();
    busy.remoteExec("channel.send(1)\nwhile True: pass")
        .open()
        .flatMapMany(Channel::receive)
        .blockFirst(PATIENCE);
    busy.remoteExec("channel.send(1)\nwhile True: pass").open().block(PATIENCE);

    List<GatewayEnd> ends = group.terminate(Duration.ofSeconds(1)).block(PATIENCE);

    assertThat(ends)
        .extracting(GatewayEnd::gatewayId, GatewayEnd::outcome)
        .containsExactly(
            tuple("idle", GatewayEnd.Outcome.EXITED), tuple("busy", GatewayEnd.Outcome.KILLED));
    assertThat(ends.get(0).exitStatus().code()).isZero();
    assertThat(ends.get(1).exitStatus().signal()).contains("SIGKILL");
    assertThat(ProcessHandle.of(idlePid)).isEmpty();
    assertThat(ProcessHandle.of(busyPid)).isEmpty();
    assertThat(group.gateways()).isEmpty();
  }

  @Test
  void aTerminatedGroupOpensNoMore() {
    group.terminate(PATIENCE).block(PATIENCE);

    StepVerifier.create(group.makeGateway())
        .expectErrorMessage("the group is terminated")
        .verify(PATIENCE);
  }

  @Test
  void terminatingEndsWhatIsStillOpening() {
    Disposable opening =
        group
            .makeGateway("popen//python=sh -c 'exec sleep 600'")
            .subscribe(gateway -> {}, error -> {});
    await().atMost(PATIENCE).until(GroupIT::sleeps);
    group.terminate(Duration.ofSeconds(1)).block(PATIENCE);

    await().atMost(PATIENCE).until(opening::isDisposed);
    // Well before the start would have timed out.
    await().atMost(Duration.ofSeconds(10)).until(() -> !sleeps());
  }

  private static boolean sleeps() {
    return ProcessHandle.current()
        .children()
        .anyMatch(child -> child.info().command().orElse("").endsWith("sleep"));
  }

  @Test
  void exitEndsOpenChannels() {
    Gateway gateway = open("popen");
    Channel channel = gateway.remoteExec("channel.receive()").open().block(PATIENCE);

    StepVerifier.create(channel.receive())
        .then(() -> gateway.exit().subscribe())
        .expectError(ChannelClosedException.class)
        .verify(PATIENCE);
    assertThat(gateway.isOpen()).isFalse();
    StepVerifier.create(gateway.onEnd()).expectComplete().verify(PATIENCE);
    StepVerifier.create(channel.send(1)).expectError(ChannelClosedException.class).verify(PATIENCE);
    StepVerifier.create(gateway.remoteExec("pass").run())
        .expectError(ChannelClosedException.class)
        .verify(PATIENCE);
  }

  @Test
  void nothingHappensBeforeSubscription() {
    group.makeGateway("popen//id=never");
    Gateway gateway = open("popen");
    gateway.remoteExec("raise SystemExit").receive();

    assertThat(group.gateways()).containsExactly(gateway);
    assertThat(gateway.remoteStatus().block(PATIENCE).numexecuting()).isZero();
  }

  @Test
  void closeDoesNotBlockANonBlockingThread() {
    StepVerifier.create(
            Flux.just(1).publishOn(Schedulers.parallel()).doOnNext(each -> group.close()))
        .expectError(IllegalStateException.class)
        .verify(PATIENCE);
  }

  @Test
  void aSubscriberThatCancelsWhenItHasItsGatewayKeepsIt(@TempDir Path folder) {
    Flux<Gateway> gateways = group.makeGateway("popen//chdir=" + folder).flux();

    for (Mono<Gateway> first : List.of(gateways.next(), gateways.take(1).single())) {
      Gateway gateway = first.block(PATIENCE);

      assertThat(gateway.remoteExec("channel.send(1)").receive().blockLast(PATIENCE)).isEqualTo(1L);
    }
  }

  @Test
  void aHundredGatewaysAtOnce() {
    groupWith(GroupOptions.defaults().withStartTimeout(Duration.ofSeconds(120)));
    List<Long> pids =
        Flux.range(0, 100)
            .flatMap(each -> group.makeGateway("popen"), 100)
            .flatMap(
                gateway ->
                    gateway.remoteExec("import os; channel.send(os.getpid())").receive(Long.class),
                100)
            .collectList()
            .block(Duration.ofSeconds(120));

    assertThat(pids).hasSize(100).doesNotHaveDuplicates();
    assertThat(group.gateways()).hasSize(100);
  }

  @Test
  void oneInterpreterIsAskedOnceForItsInfo() {
    Gateway gateway = open("popen");

    assertThat(gateway.rinfo().block(PATIENCE)).isSameAs(gateway.rinfo().block(PATIENCE));
    assertThatThrownBy(() -> gateway.remoteExec("1/0").run().block(PATIENCE))
        .hasMessage("ZeroDivisionError: division by zero");
  }

  @Test
  void aKillDuringAnExitIsTold() {
    Gateway gateway = open("popen");
    gateway
        .remoteExec("channel.send(1)\nwhile True: pass")
        .open()
        .flatMapMany(Channel::receive)
        .blockFirst(PATIENCE);
    Gateway other = open("popen");

    var exiting = gateway.exit().toFuture();
    GatewayEnd killed = gateway.kill().block(PATIENCE);

    assertThat(killed.outcome()).isEqualTo(GatewayEnd.Outcome.KILLED);
    assertThat(exiting).succeedsWithin(PATIENCE).isEqualTo(killed);
    assertThat(group.gateways()).containsExactly(other);
  }

  @Test
  void aCancelThatComesLateLeavesTheIdToItsNextOwner() {
    CompletableFuture<GatewayEnd> killed = new CompletableFuture<>();
    Disposable late =
        group
            .makeGateway("popen//id=a")
            .flatMap(gateway -> gateway.kill().doOnNext(killed::complete).then(Mono.never()))
            .subscribe();
    killed.join();
    Gateway second = open("popen//id=a");
    late.dispose();

    StepVerifier.create(group.makeGateway("popen//id=a"))
        .expectError(XSpecException.class)
        .verify(PATIENCE);
    assertThat(group.gateways()).containsExactly(second);
  }
}
