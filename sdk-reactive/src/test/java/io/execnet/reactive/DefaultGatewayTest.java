package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.GatewayLostException;
import io.execnet.core.spec.XSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What a gateway makes of a connection's faults. */
class DefaultGatewayTest {

  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withScheduler(Schedulers.immediate());

  private final FakeConnection connection = new FakeConnection();
  private final AtomicInteger gone = new AtomicInteger();
  private final DefaultGateway gateway =
      new DefaultGateway(
          "gw0",
          XSpec.parse("popen"),
          OPTIONS,
          new OutputHub(OPTIONS),
          connection,
          gone::incrementAndGet);

  @BeforeEach
  void start() {
    gateway.start();
  }

  @Test
  void aWriteThatFailsIsTheLossOfTheGateway() {
    connection.writeFailure = new OutOfMemoryError("direct buffers");

    StepVerifier.create(gateway.remoteExec("pass").open().flatMap(Channel::waitClose))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(GatewayLostException.class)
                    .hasMessageContaining("can't be written to"));
    assertThat(gateway.isOpen()).isFalse();
    assertThat(gone).hasValue(1);
  }

  @Test
  void aSourceIsRequestedOneItemAtATimeOnlyWhileTheConnectionIsWritable() {
    Channel channel = gateway.newChannel().block();
    connection.writable = false;

    StepVerifier.create(channel.send(Flux.range(0, 10)))
        .expectSubscription()
        .then(() -> assertThat(connection.written).isEqualTo(0))
        .then(
            () -> {
              connection.writable = true;
              gateway.onWritable();
            })
        .verifyComplete();
    assertThat(connection.written).isPositive();
  }

  @Test
  void closingDoesNotWaitForTheConnectionToBeWritable() {
    Channel channel = gateway.newChannel().block();
    connection.writable = false;

    StepVerifier.create(channel.close()).verifyComplete();
    assertThat(channel.isClosed()).isTrue();
    assertThat(connection.written).isPositive();
  }

  @Test
  void anOrderlyEndIsALossTooWhereNobodyAskedForIt() {
    Mono<Void> end = gateway.onEnd();
    gateway.onClosed(null);

    StepVerifier.create(end).verifyError(GatewayLostException.class);
  }

  @Test
  void aLossTellsTheEndOfAStandardErrorThatCameInFrames() {
    Mono<Void> end = gateway.onEnd();
    gateway.printed(2, ByteBuffer.wrap("Segmentation fault".getBytes(StandardCharsets.US_ASCII)));
    gateway.onClosed(null);

    StepVerifier.create(end)
        .verifyErrorSatisfies(
            error ->
                assertThat(((GatewayLostException) error).standardError())
                    .isEqualTo("Segmentation fault"));
  }
}
