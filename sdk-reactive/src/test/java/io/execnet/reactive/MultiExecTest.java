package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Starting code on many gateways, where that fails on one. */
class MultiExecTest {

  private final FakeTransport transport = new FakeTransport();
  private final DefaultGroup group =
      new DefaultGroup(GroupOptions.defaults().withScheduler(Schedulers.immediate()), transport);

  @BeforeEach
  void open() {
    group.makeGateways("popen//id=a", "popen//id=b").blockLast();
  }

  @AfterEach
  void close() {
    group.terminate(Duration.ZERO).block();
  }

  private int openChannels(String id) {
    return ((DefaultGateway) group.gateway(id).orElseThrow()).engine().openChannels();
  }

  @Test
  void itIsStartedOnEachWhenSomebodySubscribes() {
    MultiExec exec = group.remoteExec("pass").function("run", Map.of());
    assertThat(openChannels("a")).isZero();

    MultiChannel channels = Objects.requireNonNull(exec.open().block());

    assertThat(channels.size()).isEqualTo(2);
    assertThat(openChannels("a")).isEqualTo(1);
    assertThat(openChannels("b")).isEqualTo(1);
  }

  @Test
  void whereItCannotBeStartedOnOneTheChannelsOfTheOthersAreClosed() {
    List<Gateway> inOrder = group.gateways();
    List<Gateway> otherwise = List.of(inOrder.get(1), inOrder.get(0));
    inOrder.get(1).exit().block();

    for (List<Gateway> gateways : List.of(inOrder, otherwise)) {
      StepVerifier.create(DefaultMultiExec.of(() -> gateways, PythonSource.of("pass")).open())
          .verifyErrorMessage("gateway b has exited");
      assertThat(openChannels("a")).isZero();
    }
  }

  @Test
  void aCancelClosesTheChannelsOfWorkersThatCanNotInterrupt() {
    StepVerifier.create(group.remoteExec("pass").receive())
        .expectSubscription()
        .then(() -> assertThat(openChannels("a") + openChannels("b")).isEqualTo(2))
        .thenCancel()
        .verify();

    assertThat(openChannels("a") + openChannels("b")).isZero();
  }
}
