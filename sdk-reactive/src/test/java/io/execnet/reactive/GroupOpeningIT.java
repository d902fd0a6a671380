package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.core.spec.XSpec;
import io.execnet.testing.Leftovers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Groups of many real workers: opening them, finding them, and the default ones. */
class GroupOpeningIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Group group =
      Group.create(
          GroupOptions.defaults().withDefaultSpec(XSpec.parse("popen//env:EXECNET_KIND=default")));

  @AfterEach
  void close() {
    group.close();
  }

  @Test
  void manyAreOpenedAndTheOneThatCannotBeIsReported() {
    List<OpenResult> results =
        group
            .makeGateways("10*popen", "popen//python=/no/such/python", "popen//id=last")
            .collectList()
            .blockOptional(PATIENCE)
            .orElseThrow();

    assertThat(results).hasSize(12);
    assertThat(results)
        .filteredOn(OpenResult.Failed.class::isInstance)
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.id()).isEqualTo("gw10");
              assertThatThrownBy(failed::orThrow)
                  .isInstanceOf(BootstrapException.class)
                  .hasMessageContaining("/no/such/python");
            });
    assertThat(group.gateways())
        .extracting(Gateway::id)
        .containsExactly(
            "gw0", "gw1", "gw2", "gw3", "gw4", "gw5", "gw6", "gw7", "gw8", "gw9", "last");
  }

  @Test
  void aCancelLeavesNothingOfWhatIsOpening() {
    group.makeGateway().block(PATIENCE); // whatever is shared and stays is there after the first
    Leftovers before = Leftovers.now();
    Disposable opening = group.makeGateways("3*popen//python=sh -c 'exec sleep 600'").subscribe();
    await().atMost(PATIENCE).until(() -> sleeping() == 3);
    opening.dispose();

    before.awaitNoMore();
    assertThat(group.makeGateway("popen//id=gw1").block(PATIENCE)).isNotNull();
  }

  private static long sleeping() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("sleep"))
        .count();
  }

  @Test
  void gatewaysAreFoundByIdByPlaceAndByThemselves() {
    group.makeGateways("popen//id=a", "popen//id=b").blockLast(PATIENCE);
    Gateway a = group.gateway("a").orElseThrow();
    Gateway b = group.gateway(1);

    assertThat(b.id()).isEqualTo("b");
    assertThat(group.size()).isEqualTo(2);
    assertThat(group.contains("a")).isTrue();
    assertThat(group.contains(a)).isTrue();
    assertThat(group).containsExactly(a, b);
    assertThatThrownBy(() -> group.gateway(2)).isInstanceOf(IndexOutOfBoundsException.class);

    a.exit().block(PATIENCE);
    Gateway newA = group.makeGateway("popen//id=a").block(PATIENCE);
    assertThat(group.contains(a)).isFalse();
    assertThat(group.contains(newA)).isTrue();
    assertThat(group).containsExactly(b, newA);
  }

  @Test
  void iteratingGoesOnWhileGatewaysEnd() {
    group.makeGateways("3*popen").blockLast(PATIENCE);
    List<Gateway> seen = new ArrayList<>();

    for (Iterator<Gateway> all = group.iterator(); all.hasNext(); ) {
      Gateway gateway = all.next();
      seen.add(gateway);
      gateway.exit().block(PATIENCE);
    }

    assertThat(seen).hasSize(3);
    assertThat(group).isEmpty();
  }

  @Test
  void withoutASpecTheDefaultOneIsMeant() {
    StepVerifier.create(
            group
                .makeGateway()
                .flatMapMany(
                    gateway ->
                        gateway
                            .remoteExec("import os; channel.send(os.environ['EXECNET_KIND'])")
                            .receive()))
        .expectNext("default")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void theDefaultGroupIsTheSameForAllUntilItIsClosed() {
    Group shared = Group.defaultGroup();
    assertThat(Group.defaultGroup()).isSameAs(shared);
    assertThat(shared.makeGateway().block(PATIENCE)).isNotNull();
    shared.close();

    Group next = Group.defaultGroup();
    assertThat(next).isNotSameAs(shared);
    assertThat(next.gateways()).isEmpty();
    next.close();
  }

  @Test
  void aLimitBelowOneIsRefused() {
    assertThatThrownBy(() -> group.makeGateways(List.of(), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GroupOptions.defaults().withOpenConcurrency(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resultsMayBlock() {
    StepVerifier.create(
            group
                .makeGateways("2*popen")
                .doOnNext(result -> assertThat(Schedulers.isInNonBlockingThread()).isFalse()))
        .expectNextCount(2)
        .expectComplete()
        .verify(PATIENCE);
  }
}
