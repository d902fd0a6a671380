package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.testing.ProcessState;
import java.time.Duration;
import java.util.List;

/** What a worker that lives on has at one moment, and must not have more of later. */
record FarSide(Gateway gateway, RemoteStatus status, List<String> held) {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Has threads made that are kept: for callbacks, and for cancelling. */
  private static final String PREPARE =
      """
      told = channel.gateway.newchannel()
      told.setcallback(lambda item: None)
      told.close()
      channel.send(1)
      channel.receive()
      """;

  /** Takes stock. */
  static FarSide of(Gateway gateway) {
    Channel channel = gateway.remoteExec(PREPARE).open().blockOptional(PATIENCE).orElseThrow();
    channel.receive().next().then(channel.cancel()).block(PATIENCE);
    long pid = gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
    await().atMost(PATIENCE).until(() -> status(gateway).numexecuting() == 0);
    return new FarSide(gateway, status(gateway), ProcessState.held(pid));
  }

  private static RemoteStatus status(Gateway gateway) {
    return gateway.remoteStatus().blockOptional(PATIENCE).orElseThrow();
  }

  /**
   * Waits until it has no more than before: its channels, what it runs, its threads and
   * descriptors.
   */
  void awaitAsBefore() {
    long pid = gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              RemoteStatus now = status(gateway);
              assertThat(now.numchannels()).isLessThanOrEqualTo(status.numchannels());
              assertThat(now.numexecuting()).isLessThanOrEqualTo(status.numexecuting());
              assertThat(ProcessState.minus(ProcessState.held(pid), held))
                  .as("left by %s", gateway)
                  .isEmpty();
            });
  }
}
