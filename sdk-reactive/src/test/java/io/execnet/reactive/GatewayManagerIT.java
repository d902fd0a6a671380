package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.testing.Command;
import io.execnet.testing.Leftovers;
import io.execnet.testing.Prerequisites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Rolling workers out; those that are elsewhere are so in a file system of their own, here. */
class GatewayManagerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private static List<OpenResult> open(GatewayManager manager) {
    return manager.makeGateways().collectList().blockOptional(PATIENCE).orElseThrow();
  }

  private static List<String> ids(GatewayManager manager) {
    return manager.gateways().stream().map(host -> host.gateway().id()).toList();
  }

  @Test
  void eachNewGatewayIsShownToTheHookBeforeItIsReady() {
    List<HostGateway> shown = new CopyOnWriteArrayList<>();
    GatewayManagerOptions options =
        GatewayManagerOptions.of("2*popen", "popen//id=named")
            .withOnNewGateway(
                host ->
                    Mono.fromRunnable(() -> shown.add(host))
                        .then(
                            host.gateway()
                                .remoteExec("import builtins; builtins.prepared = 'yes'")
                                .run()));
    try (GatewayManager manager = GatewayManager.create(options)) {
      assertThat(manager.gateways()).isEmpty();
      assertThat(open(manager)).allMatch(OpenResult.Opened.class::isInstance).hasSize(3);

      assertThat(ids(manager)).containsExactly("gw0", "gw1", "named");
      assertThat(manager.gateways()).containsExactlyInAnyOrderElementsOf(shown);
      assertThat(shown)
          .allSatisfy(
              host -> {
                assertThat(host.rinfo()).isEqualTo(host.gateway().rinfo().block(PATIENCE));
                assertThat(host.local()).isTrue();
              });
      assertThat(
              manager
                  .remoteExec("channel.send(prepared)")
                  .receive()
                  .map(ChannelEvent.Item::item)
                  .collectList()
                  .block(PATIENCE))
          .containsExactly("yes", "yes", "yes");
    }
  }

  @Test
  void workersThatAreRemoteAreInADirectoryOfTheirOwn() throws IOException {
    Path made = folder.toRealPath().resolve("made");
    String ssh = SharedSshServer.spec();
    GatewayManagerOptions options =
        GatewayManagerOptions.of(
                "popen//id=here", ssh + "//id=there", ssh + "//chdir=/tmp//id=elsewhere")
            .withDefaultChdir(made.toString());
    try (GatewayManager manager = GatewayManager.create(options)) {
      assertThat(open(manager)).allMatch(OpenResult.Opened.class::isInstance);

      assertThat(manager.gateways())
          .extracting(host -> Path.of(host.rinfo().cwd()).toRealPath())
          .containsExactlyInAnyOrder(Path.of("").toRealPath(), made, Path.of("/tmp").toRealPath());
    }
  }

  @Test
  void whoWantsOnlyTheFirstGetsAnOpenOne() {
    try (GatewayManager manager =
        GatewayManager.create(GatewayManagerOptions.of("popen//id=a", "popen//id=b"))) {
      OpenResult first = manager.makeGateways().next().block(PATIENCE);

      assertThat(first).isInstanceOf(OpenResult.Opened.class);
      Gateway gateway = ((OpenResult.Opened) first).gateway();
      assertThat(gateway.remoteExec("channel.send(1)").receive().blockLast(PATIENCE)).isEqualTo(1L);
    }
  }

  @Test
  void theFileThatTellsLocalWorkersIsGoneAfterwards() throws IOException {
    GatewayManagerOptions options = GatewayManagerOptions.of("2*popen").withProbeFolder(folder);
    try (GatewayManager manager = GatewayManager.create(options)) {
      open(manager);
      await().atMost(PATIENCE).until(() -> isEmpty(folder));
    }
    options = options.withProbeFolder(folder.resolve("missing"));
    try (GatewayManager manager = GatewayManager.create(options)) {
      StepVerifier.create(manager.makeGateways())
          .expectErrorSatisfies(
              error ->
                  assertThat(error).isInstanceOf(IOException.class).hasMessageContaining("missing"))
          .verify(PATIENCE);
      assertThat(manager.group().gateways()).isEmpty();
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void codeRunsEverywhereOrElsewhereOnly() throws Exception {
    List<String> hide = List.of("unshare", "--mount", "--map-root-user");
    Prerequisites.require(
        succeeds(Stream.concat(hide.stream(), Stream.of("true")).toList()),
        "user and mount namespaces");
    // The worker's own folder of that name is another one: an empty file system lies over it.
    String command =
        String.join(" ", hide)
            + " sh -c \"mount -t tmpfs none "
            + folder
            + " && exec python3 \\\"\\$@\\\"\" sh";
    GatewayManagerOptions options =
        GatewayManagerOptions.of("popen//id=here", "popen//id=there//python=" + command)
            .withProbeFolder(folder);
    try (GatewayManager manager = GatewayManager.create(options)) {
      assertThat(open(manager)).allMatch(OpenResult.Opened.class::isInstance);

      assertThat(manager.gateways()).extracting(HostGateway::local).containsExactly(true, false);
      PythonSource source = PythonSource.of("channel.send(1)");
      assertThat(ranOn(manager.remoteExec(source, true))).containsExactly("here", "there");
      assertThat(ranOn(manager.remoteExec(source, false))).containsExactly("there");
    }
  }

  @Test
  void aWorkerOfAnotherUserIsLocalToo() throws Exception {
    List<String> other = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    Prerequisites.require(
        succeeds(
            Stream.concat(other.stream(), Stream.of("/usr/bin/python3", "-c", "pass")).toList()),
        "setpriv, /usr/bin/python3, and the right to become another user");
    try (GatewayManager manager =
        GatewayManager.create(
            GatewayManagerOptions.of(
                "popen//io=pipe//python=" + String.join(" ", other) + " /usr/bin/python3"))) {
      assertThat(open(manager)).allMatch(OpenResult.Opened.class::isInstance);

      assertThat(manager.gateways()).extracting(HostGateway::local).containsExactly(true);
    }
  }

  private static boolean succeeds(List<String> command) {
    return Command.run(PATIENCE, command.toArray(String[]::new)).status() == 0;
  }

  private static List<String> ranOn(MultiExec exec) {
    return exec.open()
        .flatMapMany(channels -> channels.receiveEachWithChannel(Object.class))
        .map(item -> item.channel().gateway().id())
        .collectList()
        .block(PATIENCE);
  }

  @Test
  void whatCannotBeOpenedOrMadeReadyIsReportedAndLosesNoOther() {
    GatewayManagerOptions options =
        GatewayManagerOptions.of(
                "popen//id=good", "popen//id=broken//python=/no/such/python", "popen//id=refused")
            .withOnNewGateway(
                host ->
                    host.gateway().id().equals("refused")
                        ? Mono.error(new IllegalStateException("not this one"))
                        : Mono.empty());
    try (GatewayManager manager = GatewayManager.create(options)) {
      List<OpenResult> results = open(manager);

      assertThat(results)
          .filteredOn(OpenResult.Failed.class::isInstance)
          .extracting(OpenResult::id)
          .containsExactlyInAnyOrder("broken", "refused");
      assertThat(results)
          .filteredOn(result -> result.id().equals("broken"))
          .first()
          .satisfies(
              result -> assertThatThrownBy(result::orThrow).isInstanceOf(BootstrapException.class));
      assertThat(results)
          .filteredOn(result -> result.id().equals("refused"))
          .first()
          .satisfies(result -> assertThatThrownBy(result::orThrow).hasMessage("not this one"));
      assertThat(ids(manager)).containsExactly("good");
      assertThat(manager.group().contains("refused")).isFalse();
    }
  }

  @Test
  void aCancelLeavesNothingOfWhatIsNotReady() {
    try (Group group = Group.create()) {
      group.makeGateway().block(PATIENCE); // whatever is shared and stays is there after the first
    }
    Leftovers before = Leftovers.now();
    List<HostGateway> shown = new CopyOnWriteArrayList<>();
    GatewayManagerOptions options =
        GatewayManagerOptions.of("4*popen")
            .withOnNewGateway(
                host -> {
                  shown.add(host);
                  return Mono.never();
                });
    try (GatewayManager manager = GatewayManager.create(options)) {
      Disposable opening = manager.makeGateways().subscribe();
      await().atMost(PATIENCE).until(() -> shown.size() == 4);
      opening.dispose();

      await().atMost(PATIENCE).until(() -> manager.group().gateways().isEmpty());
      before.awaitNoMore();
    }
  }

  @Test
  void exitEndsThemAndSaysHow() {
    GatewayManager manager = GatewayManager.create(GatewayManagerOptions.of("2*popen"));
    open(manager);

    assertThat(manager.exit().block(PATIENCE))
        .extracting(GatewayEnd::outcome)
        .containsExactly(GatewayEnd.Outcome.EXITED, GatewayEnd.Outcome.EXITED);
    assertThat(manager.gateways()).isEmpty();
    StepVerifier.create(manager.makeGateways()).verifyErrorMessage("the group is terminated");
  }

  @Test
  void aGatewayThatIsLostIsNoLongerOneOfThem() {
    try (GatewayManager manager = GatewayManager.create(GatewayManagerOptions.of("2*popen"))) {
      open(manager);
      manager.gateways().get(0).gateway().kill().block(PATIENCE);

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(ids(manager)).containsExactly("gw1"));
    }
  }
}
