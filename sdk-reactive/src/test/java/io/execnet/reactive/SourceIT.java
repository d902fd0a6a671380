package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ChannelClosedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The ends of what is sent from a source: its own, and those that reach it. */
class SourceIT extends OwnGroup {

  @TempDir Path folder;

  @Test
  void anErrorOfTheSourceClosesTheChannelWithIt() {
    Gateway gateway = open("popen");
    Path log = folder.resolve("seen");

    StepVerifier.create(
            gateway
                .remoteExec(
                    """
                    def run(channel, log):
                        try:
                            for item in channel:
                                pass
                        except channel.RemoteError as error:
                            open(log, 'w').write(str(int('no more today' in str(error))))
                    """)
                .function("run", Map.of("log", log.toString()))
                .exchange(
                    Flux.concat(
                        Flux.just(1), Flux.error(new IllegalStateException("no more today"))),
                    Object.class)
                .filter(item -> false))
        .expectErrorMessage("no more today")
        .verify(PATIENCE);
    await().atMost(PATIENCE).until(() -> Files.exists(log) && Files.readString(log).equals("1"));
  }

  @Test
  void anItemThatHasNoPythonFormIsTheErrorAndCancelsTheSource() {
    StepVerifier.create(
            open("popen")
                .remoteExec("for x in channel: pass")
                .exchange(Flux.just(1, new Object(), 2), Object.class))
        .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("java.lang.Object"))
        .verify(PATIENCE);
  }

  @Test
  void whoTakesTheLastItemMayCloseBeforeTheSourceSaysThatItWasTheLast() {
    Channel channel = open("popen").remoteExec("channel.receive()").open().block(PATIENCE);
    Flux<Integer> source =
        Flux.generate(
            () -> 0,
            (given, sink) -> {
              if (given == 0) {
                sink.next(7);
              } else {
                channel.waitClose().block(PATIENCE);
                sink.complete();
              }
              return given + 1;
            });

    StepVerifier.create(channel.send(source)).expectComplete().verify(PATIENCE);
  }

  @Test
  void aSourceThatBlocksKeepsNobodyFromLearningOfTheClose() {
    CountDownLatch blocks = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Iterable<Integer> source =
        () ->
            new Iterator<>() {
              private boolean given;

              @Override
              public boolean hasNext() {
                if (given) {
                  blocks.countDown();
                  try {
                    goOn.await();
                  } catch (InterruptedException e) {
                    return false; // cancelled
                  }
                }
                return !given;
              }

              @Override
              public Integer next() {
                given = true;
                return 7;
              }
            };
    try (Group one = Group.create(GroupOptions.defaults().withSendBuffer(1, 1000))) {
      Gateway gateway = one.makeGateway("popen").blockOptional(PATIENCE).orElseThrow();
      Channel channel =
          gateway
              .remoteExec("c = channel.gateway.newchannel()\nchannel.send(c)\nc.waitclose()")
              .open()
              .block(PATIENCE);
      Channel inner = channel.receive(Channel.class).next().block(PATIENCE);

      StepVerifier.create(channel.send(Flux.fromIterable(source)))
          .expectSubscription()
          .then(() -> awaitUninterruptibly(blocks))
          .then(() -> inner.close().subscribe())
          .expectError(ChannelClosedException.class)
          .verify(PATIENCE);
      StepVerifier.create(gateway.remoteExec("channel.send(1)").receive())
          .expectNext(1L)
          .expectComplete()
          .verify(PATIENCE);
    } finally {
      goOn.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
