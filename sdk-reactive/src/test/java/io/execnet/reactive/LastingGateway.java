package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * A gateway that is kept open while much is done to it, or nothing for long: with pings, and with
 * channels that stay stalled in between.
 */
final class LastingGateway implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Group group =
      Group.create(IsolationIT.OPTIONS.withPing(Duration.ofSeconds(20)).withOutput(line -> {}));
  private final Worker worker;
  private final Gateway gateway;
  private List<Channel> stalled = List.of();
  private FarSide before;

  /** Opens it, and has everything made there that is kept. */
  LastingGateway(Worker worker) {
    this.worker = worker;
    this.gateway = worker.open(group);
    Soak.flood(gateway);
    this.before = FarSide.of(gateway);
  }

  /** From now on the far side must get no more, when nothing goes on there any longer. */
  void takeStock() {
    before = FarSide.of(gateway);
  }

  /** Does something, whatever is still stalled; one at a time. */
  synchronized void act(Random random) {
    switch (random.nextInt(5)) {
      case 0 -> Soak.flood(gateway);
      case 1 -> Soak.cancel(gateway);
      case 2 -> RandomConversationsIT.converse(gateway, random, false);
      default -> {
        if (stalled.isEmpty()) {
          stalled = IsolationIT.stall(gateway);
        } else {
          release();
        }
      }
    }
  }

  /** Ends what is stalled. */
  synchronized void release() {
    stalled.forEach(Soak::stop);
    stalled = List.of();
  }

  /** Nothing is stalled, in its process either, and nothing else is left there. */
  void checkAsBefore() {
    assertThat(gateway.isOpen()).as(worker.name()).isTrue();
    assertThat(gateway.flow().blockOptional(PATIENCE).orElseThrow().channels())
        .as(worker.name())
        .isEmpty();
    before.awaitAsBefore();
  }

  @Override
  public void close() {
    group.close();
  }
}
