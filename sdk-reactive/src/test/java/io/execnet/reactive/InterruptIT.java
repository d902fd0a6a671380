package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A cancel reaches code that is at no channel. */
@MethodSource("io.execnet.reactive.Worker#interruptible")
class InterruptIT extends CancelScenarios {

  private static final String SLEEP = "import time; time.sleep(600)";
  private static final String COMPUTE = "while True: pass";
  private static final String READ = "import os; os.read(os.pipe()[0], 1)";

  /** Where only a signal, or a call of this program, interrupts. */
  private boolean isPyPy() {
    return worker.name().startsWith("pypy");
  }

  /** Runs it until it has begun, and is then stopped; its finally is told. */
  private void assertStops(String code, BiConsumer<Flux<Object>, Mono<Object>> stop) {
    Channel told = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
    Flux<Object> run =
        exec(code).exchange(Flux.<Object>just(told).concatWith(Flux.never()), Object.class);
    stop.accept(run, told.receive().next());

    assertThat(told.receive().collectList().block(PATIENCE)).as(code).containsExactly("finally");
  }

  private static void dispose(Flux<Object> run, Mono<Object> begun) {
    Disposable running = run.subscribe();
    begun.block(PATIENCE);
    running.dispose();
  }

  private static void timeOut(Flux<Object> run, Mono<Object> begun) {
    StepVerifier.create(run.timeout(begun)).expectError(TimeoutException.class).verify(PATIENCE);
  }

  private static void timeOutAtItsEnd(Flux<Object> run, Mono<Object> begun) {
    StepVerifier.create(run.then().timeout(begun))
        .expectError(TimeoutException.class)
        .verify(PATIENCE);
  }

  private void assertCancelStops(String code) {
    Telling telling = begin(exec(code));
    telling.channel.cancel().block(PATIENCE);

    assertThat(telling.rest()).as(code).containsExactly("finally");
  }

  @Test
  void interruptsWhatIsAtNoChannel() {
    assertThat(interrupts()).isTrue();
    awaitIdle();
    assertStops(SLEEP, InterruptIT::dispose);
    awaitIdle();
    assertStops(COMPUTE, InterruptIT::timeOutAtItsEnd);
    awaitIdle();
    if (!worker.sharesItsProcess()) {
      assertCancelStops(READ);
    }
    if (runsOneAtATime()) {
      return;
    }
    Telling first = begin(exec(RECEIVE));
    if (!isPyPy()) {
      assertStops(COMPUTE, InterruptIT::timeOut);
    }
    assertCancelStops(SLEEP);
    first.channel.cancel().block(PATIENCE);
    assertThat(first.rest()).containsExactly("finally");
  }
}
