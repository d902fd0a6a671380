package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A cancel of code in a thread of CPython that is in a call of the system. */
@MethodSource("io.execnet.reactive.Worker#threaded")
class BlockedThreadIT extends CancelScenarios {

  /** Says what to write to, which it waits for. */
  private static final String READ_ON =
      """
      import os; r, w = os.pipe(); told.send(w)
              while True: os.read(r, 1)
      """;

  private static final String WRITE_ON =
      """
      import os
      w = channel.receive()
      while True:
          os.write(w, b'x')
          channel.gateway.execmodel.sleep(0.01)
      """;

  @Test
  void aThreadInACallOfTheSystemIsInterruptedWhenThatReturns() {
    assertThat(interrupts()).isTrue();
    awaitIdle();
    Telling first = begin(exec(RECEIVE)); // in the main thread, if any is
    Telling telling = begin(exec(READ_ON));
    Object writeEnd = telling.next();
    CompletableFuture<Void> ended = telling.channel.cancel().toFuture();
    assertThat(gateway.remoteStatus().block(PATIENCE).numexecuting()).isEqualTo(2);
    assertThat(ended).isNotDone();
    Disposable writing =
        gateway
            .remoteExec(WRITE_ON)
            .exchange(Flux.just(writeEnd).concatWith(Flux.never()), Object.class)
            .subscribe();

    assertThat(telling.rest()).containsExactly("finally");
    assertThat(ended).succeedsWithin(PATIENCE);
    writing.dispose();
    first.channel.cancel().block(PATIENCE);
  }
}
