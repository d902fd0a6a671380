package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.LoadException;
import io.execnet.core.protocol.ProtocolLimits;
import io.execnet.core.value.ValueLimits;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

/** A message that began to arrive and does not go on, which nothing can come past. */
@Timeout(60)
class PartialMessageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String CODE =
      """
      import struct
      stream, broken = channel.gateway._stream, channel.receive()
      stream.write_all([struct.pack('!Bii', 4, broken.id, 100000) + b'begun'])
      channel.receive()
      stream.write_all([bytes(99995)])
      channel.send('after it')
      """;

  private final Logged log = new Logged();

  @AfterEach
  void close() {
    log.close();
  }

  @ParameterizedTest
  @CsvSource({"1000000, unknown opcode 0x62", "1000, over the limit of 1000"})
  void isToldByTheFlowAndTheLog(int maxPayload, String error) {
    ProtocolLimits limits = new ProtocolLimits(ValueLimits.DEFAULT, maxPayload, 100);
    GroupOptions options =
        GroupOptions.defaults().withLimits(limits).withStallThreshold(Duration.ofMillis(100));
    try (Group group = Group.create(options)) {
      Gateway gateway = Opening.open(group, "popen");
      Channel channel = Opening.exec(gateway, CODE);
      Channel broken = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
      channel.send(broken).block(PATIENCE);
      String place = "a message for channel " + broken.id();
      await().atMost(PATIENCE).until(() -> !log.lines("WARN", "gw0, " + place).isEmpty());

      assertThat(log.lines("WARN", place))
          .singleElement()
          .asString()
          .contains("5 of its 100000 bytes are here; for ", " ms its rest is awaited");
      assertThat(gateway.flow().blockOptional(PATIENCE).orElseThrow().toString())
          .contains("\n  " + place + ": 5 of its 100000 bytes are here; for ");

      channel.send("go on").block(PATIENCE);
      StepVerifier.create(channel.receive())
          .expectNext("after it")
          .expectComplete()
          .verify(PATIENCE);
      StepVerifier.create(broken.receive())
          .expectErrorSatisfies(
              it -> assertThat(it).isInstanceOf(LoadException.class).hasMessageContaining(error))
          .verify(PATIENCE);
      await().atMost(PATIENCE).until(() -> log.lines("INFO", "gw0, " + place).size() == 1);
      assertThat(gateway.flow().blockOptional(PATIENCE).orElseThrow().partial()).isEmpty();
    }
  }
}
