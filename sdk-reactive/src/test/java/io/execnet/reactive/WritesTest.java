package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** How often the transport is given something to write, which is a system call each time. */
class WritesTest {

  private static final int ITEMS = 10_000;

  private final CountingConnection connection = new CountingConnection();
  private final DefaultGateway gateway =
      FakeGateways.over(connection, GroupOptions.defaults().withScheduler(Schedulers.immediate()));

  private static final class CountingConnection extends LaterConnection {
    private int writes;

    @Override
    public void write(ByteBuffer bytes) {
      super.write(bytes);
      writes++;
    }
  }

  @BeforeEach
  void start() {
    gateway.start();
    connection.runTasks();
  }

  private Channel channel() {
    return new DefaultChannel(FakeGateways.channel(gateway));
  }

  @Test
  void itemsOfASourceAreWrittenTogether() {
    StepVerifier.create(channel().send(Flux.range(0, ITEMS)))
        .expectSubscription()
        .then(connection::runTasks)
        .verifyComplete();

    // whatever their number takes, in buffers of 64 KiB; usually 4
    assertThat(connection.written).isGreaterThan(ITEMS);
    assertThat(connection.writes).isLessThanOrEqualTo(12);
  }

  @Test
  void itemsThatAreSentOneByOneBetweenTwoTurnsAreWrittenTogether() {
    Channel channel = channel();
    for (int i = 0; i < 100; i++) {
      channel.send(i).subscribe();
    }
    connection.runTasks();

    assertThat(connection.written).isGreaterThan(100);
    assertThat(connection.writes).isLessThanOrEqualTo(6); // usually 2
  }
}
