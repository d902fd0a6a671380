package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.RemoteException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Cancelling stops what runs remotely, and nothing else. */
@MethodSource("io.execnet.reactive.Worker#all")
class CancelIT extends CancelScenarios {

  private static final String SLEEP =
      """
      sleep = channel.gateway.execmodel.sleep
              while %s:
                  sleep(0.05)
      """;

  private static final String SEND = "while True: channel.send(1)";

  @Test
  void interruptsWhatSleeps() {
    Telling telling =
        begin(exec(SLEEP.formatted(interrupts() ? "True" : "not channel.isclosed()")));
    telling.channel.cancel().block(PATIENCE);

    assertThat(telling.rest()).containsExactly("finally");
    StepVerifier.FirstStep<Object> end = StepVerifier.create(telling.channel.receive());
    if (interrupts()) {
      end.expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOfSatisfying(
                          RemoteException.class,
                          remote ->
                              assertThat(remote.remoteText()).contains("in run", "Cancelled")))
          .verify(PATIENCE);
    } else {
      end.expectComplete().verify(PATIENCE);
    }
    assertThat(telling.channel.isClosed()).isTrue();
    telling.channel.cancel().block(PATIENCE);
  }

  @Test
  void interruptsWhatReceives() {
    Telling telling = begin(exec(RECEIVE));
    telling.channel.cancel().block(PATIENCE);

    assertThat(telling.rest()).containsExactly("finally");
  }

  @Test
  void aSubscriberThatHasSeenEnoughInterruptsWhatSends() {
    Channel told = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
    List<Object> items =
        exec(SEND)
            .exchange(Flux.<Object>just(told).concatWith(Flux.never()), Object.class)
            .take(3)
            .collectList()
            .block(PATIENCE);

    assertThat(items).containsExactly(1L, 1L, 1L);
    assertThat(told.receive().collectList().block(PATIENCE)).containsExactly("begun", "finally");
  }

  @Test
  void leavesOthersAlone() {
    Channel echo =
        gateway
            .remoteExec("for x in channel: channel.send(x)")
            .open()
            .blockOptional(PATIENCE)
            .orElseThrow();
    if (!runsOneAtATime()) {
      List<Disposable> running = new ArrayList<>();
      Telling last = begin(exec(RECEIVE));
      for (int i = 0; i < 20; i++) {
        running.add(gateway.remoteExec(RECEIVE).run().subscribe());
      }
      running.forEach(Disposable::dispose);
      last.channel.cancel().block(PATIENCE);
      assertThat(last.rest()).containsExactly("finally");
    }
    Flux<Object> echoed = echo.exchange(Flux.range(0, 100), Object.class);
    assertThat(echoed.count().block(PATIENCE)).isEqualTo(100);
  }

  @Test
  void aChannelOnWhichNothingRunsIsClosed() {
    Channel channel = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
    channel.cancel().block(PATIENCE);

    assertThat(channel.isClosed()).isTrue();
  }
}
