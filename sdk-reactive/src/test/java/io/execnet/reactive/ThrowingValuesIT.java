package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A value whose own code throws an error ends the sending of it, and nothing else. */
@Timeout(60)
class ThrowingValuesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Sends one item back each time that it is told to. */
  private static final String ECHO =
      """
      told = channel.receive()
      for x in told:
          channel.send(channel.receive())
      """;

  private final Group group = Group.create(GroupOptions.defaults().withSendBuffer(1, 1 << 20));
  private Gateway gateway;
  private Channel channel;
  private Channel told;

  @BeforeEach
  void open() {
    gateway = group.makeGateway("popen").blockOptional(PATIENCE).orElseThrow();
    told = gateway.newChannel().blockOptional(PATIENCE).orElseThrow();
    channel = gateway.remoteExec(ECHO).open().blockOptional(PATIENCE).orElseThrow();
    channel.send(told).block(PATIENCE);
  }

  @AfterEach
  void close() {
    group.close();
  }

  /** A dict of which something has been written when it throws. */
  private static Object throwing(Error error) {
    return Map.of(
        "written",
        new AbstractMap<String, Object>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw error;
          }
        });
  }

  private static Error error(Class<? extends Error> type) throws ReflectiveOperationException {
    return type.getConstructor().newInstance();
  }

  /** What was sent before is the next that comes back, and then what is sent now. */
  private void goesOn(Object before) {
    StepVerifier.create(channel.receive().take(2))
        .then(() -> told.send(1).block(PATIENCE))
        .expectNext(before)
        .then(() -> channel.send("good").then(told.send(2)).block(PATIENCE))
        .expectNext("good")
        .expectComplete()
        .verify(PATIENCE);
    assertThat(gateway.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(classes = {AssertionError.class, OutOfMemoryError.class, NoClassDefFoundError.class})
  void aSourceEndsWithItAndIsCancelled(Class<? extends Error> type) throws Exception {
    Error error = error(type);
    CompletableFuture<String> cancelled = new CompletableFuture<>();
    Flux<Object> source =
        Flux.<Object>just(throwing(error), "never").doOnCancel(() -> cancelled.complete("yes"));

    assertThat(Ending.of("the source", channel.send(source)).error(PATIENCE)).isSameAs(error);
    assertThat(cancelled).succeedsWithin(PATIENCE);
    channel.send("first").block(PATIENCE);
    goesOn("first");
  }

  @ParameterizedTest
  @ValueSource(classes = {AssertionError.class, OutOfMemoryError.class, NoClassDefFoundError.class})
  void thoseWhoWaitedForCreditEndWithItToo(Class<? extends Error> type) throws Exception {
    Error ofItem = error(type);
    Error ofSource = error(type);
    Sinks.Many<Object> source = Sinks.many().unicast().onBackpressureBuffer();
    CompletableFuture<Long> requested = new CompletableFuture<>();
    Ending fromSource =
        Ending.of("the source", channel.send(source.asFlux().doOnRequest(requested::complete)));
    assertThat(requested).succeedsWithin(PATIENCE);
    channel.send("first").block(PATIENCE); // now there is no credit left
    source.tryEmitNext(throwing(ofSource)).orThrow();
    Ending ofOne = Ending.of("the item", channel.send(throwing(ofItem)));
    assertThat(gateway.flow().block(PATIENCE).channels())
        .anySatisfy(
            flow -> assertThat(flow.waits()).extracting(Wait::waiter).contains(Waiter.SENDER));

    goesOn("first");
    assertThat(fromSource.error(PATIENCE)).isSameAs(ofSource);
    assertThat(ofOne.error(PATIENCE)).isSameAs(ofItem);
  }

  @Test
  void anItemEndsWithIt() {
    Error error = new AssertionError("of a value");
    assertThat(Ending.of("the item", channel.send(throwing(error))).error(PATIENCE))
        .isSameAs(error);
    channel.send("first").block(PATIENCE);
    goesOn("first");
  }
}
