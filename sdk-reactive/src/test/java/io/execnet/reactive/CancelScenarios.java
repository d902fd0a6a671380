package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;

/** Code that tells when it begins and that its finally runs, on each kind of worker. */
@Timeout(120)
abstract class CancelScenarios extends WorkerScenarios {

  static final String RECEIVE = "channel.receive()";

  /** Tells on another channel; a stock worker's code has to look whether it is still wanted. */
  private static final String TELLING =
      """
      def run(channel):
          told = channel.receive()
          try:
              told.send('begun')
              %s
          finally:
              told.send('finally')
              told.close()
      """;

  final boolean interrupts() {
    return gateway.capabilities().contains(Capability.CANCEL);
  }

  final boolean runsOneAtATime() {
    return gateway.remoteStatus().block(PATIENCE).execmodel().equals("main_thread_only");
  }

  final RemoteExec exec(String code) {
    return gateway.remoteExec(TELLING.formatted(code.strip())).function("run", Map.of());
  }

  /** Runs it, and gives what it tells, once it has begun. */
  final Telling begin(RemoteExec exec) {
    Channel told = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
    Telling telling = new Telling(told);
    telling.channel = exec.open().blockOptional(PATIENCE).orElseThrow();
    telling.channel.send(told).block(PATIENCE);
    assertThat(telling.next()).isEqualTo("begun");
    return telling;
  }

  static final class Telling {

    private final Channel told;
    Channel channel;

    Telling(Channel told) {
      this.told = told;
    }

    Object next() {
      return told.receive().next().block(PATIENCE);
    }

    List<Object> rest() {
      return told.receive().collectList().block(PATIENCE);
    }
  }

  /** Until nothing runs: whoever was told is not told when the main thread is free. */
  final void awaitIdle() {
    await()
        .atMost(PATIENCE)
        .until(() -> gateway.remoteStatus().block(PATIENCE).numexecuting() == 0);
  }
}
