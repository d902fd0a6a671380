package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.testing.Quietly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Which of many gateways opens when, and what becomes of the others. */
class GroupOpeningTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeTransport transport = new FakeTransport();
  private final DefaultGroup group =
      new DefaultGroup(GroupOptions.defaults().withScheduler(Schedulers.immediate()), transport);
  private final List<OpenResult> results = new ArrayList<>();

  @AfterEach
  void close() {
    group.terminate(Duration.ZERO).block(PATIENCE);
  }

  private Flux<OpenResult> make(int concurrency, String... specs) {
    return group.makeGateways(Stream.of(specs).map(XSpec::parse).toList(), concurrency);
  }

  private static String summary(OpenResult result) {
    return result instanceof OpenResult.Failed failed
        ? failed.id() + ": " + failed.error().getMessage()
        : result.id();
  }

  private List<String> ids() {
    return group.gateways().stream().map(Gateway::id).toList();
  }

  @Test
  void noMoreThanTheLimitOpenAtATime() {
    transport.slowToOpen.addAll(List.of("gw0", "gw1", "gw2"));

    make(2, "popen", "popen", "popen").subscribe(results::add);
    assertThat(transport.takeEvents()).containsExactly("open gw0", "open gw1");
    transport.opened("gw1");
    assertThat(transport.takeEvents()).containsExactly("open gw2");
    transport.opened("gw2");
    transport.opened("gw0");

    assertThat(results).extracting(OpenResult::id).containsExactly("gw1", "gw2", "gw0");
    assertThat(ids()).as("the order of the specs").containsExactly("gw0", "gw1", "gw2");
  }

  @Test
  void oneThatCannotBeOpenedLosesNoOther() {
    transport.broken.add("gw1");
    group.makeGateway("popen//id=taken").block(PATIENCE);

    StepVerifier.create(make(8, "popen", "popen", "popen//id=taken", "popen").map(OpenResult::id))
        .expectNext("taken", "gw0", "gw1", "gw2")
        .verifyComplete();
    StepVerifier.create(make(8, "popen//id=gw0", "popen//id=x").map(GroupOpeningTest::summary))
        .expectNext("gw0: id 'gw0' is already in use in this group: popen//id=gw0", "x")
        .verifyComplete();
    assertThat(ids()).containsExactly("taken", "gw0", "gw2", "x");
  }

  @Test
  void anIdThatASpecNamesIsGivenToNoOther() {
    StepVerifier.create(make(8, "popen", "popen//id=gw0", "popen").map(OpenResult::orThrow))
        .expectNextCount(3)
        .verifyComplete();

    assertThat(ids()).containsExactly("gw1", "gw0", "gw2");
  }

  @Test
  void oneThatGoesThroughAnotherWaitsForItWithoutTakingAPlace() {
    transport.slowToOpen.add("a");

    make(2, "popen//id=c//via=b", "popen//id=b//via=a", "popen//id=a", "popen//id=d", "popen//id=e")
        .subscribe(results::add);
    assertThat(transport.takeEvents()).containsExactly("open a", "open d", "open e");
    transport.opened("a");

    assertThat(transport.takeEvents()).containsExactly("open b", "open c");
    assertThat(ids()).containsExactly("c", "b", "a", "d", "e");
    group.terminate(PATIENCE).block(PATIENCE);
    assertThat(transport.takeEvents())
        .containsExactly("close c", "close b", "close a", "close d", "close e");
  }

  @Test
  void evenOneAtATimeTheyDoNotWaitForEachOther() {
    StepVerifier.create(
            make(1, "popen//id=c//via=b", "popen//id=b//installvia=a", "popen//id=a")
                .map(OpenResult::id))
        .expectNext("a", "b", "c")
        .verifyComplete();
  }

  @Test
  void whatGoesThroughOneThatFailedFailsToo() {
    transport.broken.add("a");

    StepVerifier.create(make(8, "popen//id=c//via=b", "popen//id=b//via=a", "popen//id=a", "popen"))
        .expectNextCount(1)
        .recordWith(ArrayList::new)
        .expectNextCount(3)
        .consumeRecordedWith(results::addAll)
        .verifyComplete();

    assertThat(transport.events).containsExactly("open a", "open gw0");
    OpenResult.Failed last =
        (OpenResult.Failed)
            results.stream().filter(result -> result.id().equals("c")).findFirst().orElseThrow();
    assertThat(last.error())
        .isInstanceOfSatisfying(
            BootstrapException.class,
            error -> assertThat(error.reason()).isEqualTo(BootstrapException.Reason.EXITED))
        .hasMessageStartingWith("can't open c (popen//id=c//via=b): gateway b, which it goes");
    assertThat(ids()).containsExactly("gw0");
  }

  @Test
  void aSubscriberThatBlocksHoldsNoOtherUp() throws Exception {
    transport.slowToOpen.addAll(List.of("a", "b"));
    transport.broken.add("a");
    CountDownLatch blocks = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    CountDownLatch ends = new CountDownLatch(1);
    List<String> ids = new CopyOnWriteArrayList<>();
    make(8, "popen//id=a", "popen//id=b", "popen//id=c//via=a", "popen//id=d//via=b")
        .doFinally(signal -> ends.countDown())
        .subscribe(
            result -> {
              ids.add(result.id());
              blocks.countDown();
              Quietly.await(goesOn);
            });
    Thread blocked = new Thread(() -> transport.opened("a"));
    blocked.start();
    blocks.await();

    transport.opened("b");
    goesOn.countDown();
    ends.await();

    assertThat(ids).containsExactlyInAnyOrder("a", "b", "c", "d");
  }

  @Test
  void aCircleIsAnErrorForThoseInItAndBehindIt() {
    StepVerifier.create(
            make(8, "popen//id=a//via=b", "popen//id=b//via=a", "popen//id=c//via=a", "popen"))
        .recordWith(() -> results)
        .expectNextCount(4)
        .verifyComplete();

    assertThat(results)
        .extracting(GroupOpeningTest::summary)
        .containsExactly(
            "a: 'popen//id=a//via=b' goes, at last, through itself",
            "b: 'popen//id=b//via=a' goes, at last, through itself",
            "c: 'popen//id=c//via=a' goes, at last, through itself",
            "gw0");
    assertThat(group.makeGateway("popen//id=a").block(PATIENCE)).isNotNull();
  }

  @Test
  void aHopThatIsNotThereIsAnError() {
    StepVerifier.create(group.makeGateway("popen//via=nobody"))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(XSpecException.class)
                    .hasMessage(
                        "'popen//via=nobody' goes through gateway 'nobody', which is not open in"
                            + " this group"))
        .verify(PATIENCE);
    assertThat(transport.events).isEmpty();
  }

  @Test
  void aCancelLeavesNoneThatIsOpeningOrWaiting() {
    transport.slowToOpen.addAll(List.of("a", "b"));

    make(1, "popen//id=a", "popen//id=b", "popen//id=c//via=a").subscribe().dispose();

    assertThat(transport.takeEvents()).containsExactly("open a", "cancel a");
    StepVerifier.create(make(1, "popen//id=c", "popen//id=d").map(OpenResult::orThrow))
        .as("the ids are free")
        .expectNextCount(2)
        .verifyComplete();
  }

  @Test
  void aCancelKillsThoseThatWereOpenedButNotTaken() {
    StepVerifier.create(make(8, "popen//id=a", "popen//id=b"), 0)
        .expectSubscription()
        .then(() -> assertThat(transport.takeEvents()).containsExactly("open a", "open b"))
        .thenRequest(1)
        .assertNext(result -> assertThat(result.id()).isEqualTo("a"))
        .thenCancel()
        .verify(PATIENCE);

    assertThat(transport.events).containsExactly("kill b");
    assertThat(ids()).contains("a");
  }

  @Test
  void anEndOfTheGroupIsTheEndOfAllThatIsOpening() {
    transport.slowToOpen.add("a");
    make(1, "popen//id=a", "popen//id=b").subscribe(results::add);

    group.terminate(PATIENCE).block(PATIENCE);

    assertThat(results)
        .extracting(GroupOpeningTest::summary)
        .containsExactly("a: the group is terminated", "b: the group is terminated");
    assertThat(transport.events).containsExactly("open a", "cancel a");
    StepVerifier.create(make(1, "popen")).verifyErrorMessage("the group is terminated");
  }

  @Test
  void wrongArgumentsAreErrorsBeforeAnythingIsOpened() {
    StepVerifier.create(group.makeGateways("popen", "popen//nice=much"))
        .verifyError(XSpecException.class);
    StepVerifier.create(group.makeGateways()).verifyComplete();
    assertThat(transport.events).isEmpty();
  }
}
