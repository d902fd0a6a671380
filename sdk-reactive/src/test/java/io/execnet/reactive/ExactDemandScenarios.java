package io.execnet.reactive;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Demand reaches the other end, item by item, where no more than one may be on its way. */
@ParameterizedClass
abstract class ExactDemandScenarios {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Writes down each number before it is sent. */
  private static final String COUNT =
      """
      import itertools

      def run(channel, log):
          with open(log, 'w') as numbers:
              for i in itertools.count():
                  numbers.write('%d\\n' % i)
                  numbers.flush()
                  channel.send(i)
      """;

  @Parameter Worker worker;
  @TempDir Path folder;

  private final Group group;

  ExactDemandScenarios(GroupOptions options) {
    group = Group.create(options);
  }

  @AfterEach
  void close() {
    group.close();
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has so many lines, and sees that it gets no more. */
  private static void stopsAt(Path log, int count) {
    await()
        .atMost(PATIENCE)
        .during(Duration.ofMillis(200))
        .until(() -> lines(log).size(), lines -> lines == count);
  }

  @Test
  void aRemoteLoopIsNoFurtherThanTheCreditAheadOfWhatWasAskedFor() {
    Path log = folder.resolve("numbers");
    Flux<Object> numbers =
        worker
            .open(group)
            .remoteExec(COUNT)
            .function("run", Map.of("log", log.toString()))
            .receive();

    // one is on its way, and the next waits in send
    StepVerifier.create(numbers, 0)
        .then(() -> stopsAt(log, 2))
        .thenRequest(1)
        .expectNext(0L)
        .then(() -> stopsAt(log, 3))
        .thenRequest(5)
        .expectNext(1L, 2L, 3L, 4L, 5L)
        .then(() -> stopsAt(log, 8))
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void aSourceIsRequestedNoFurtherThanTheCreditAheadOfWhatTheCodeReceived() {
    Channel control =
        worker
            .open(group)
            .remoteExec("other = channel.receive()\nfor _ in channel: other.receive()")
            .open()
            .blockOptional(PATIENCE)
            .orElseThrow();
    Channel data = control.gateway().newChannel().blockOptional(PATIENCE).orElseThrow();
    AtomicLong requested = new AtomicLong();
    control.send(data).block(PATIENCE);
    Disposable sending =
        data.send(Flux.range(0, 1_000).doOnRequest(requested::addAndGet)).subscribe();
    for (int received = 0; received < 5; received++) {
      long expected = received + 1;
      await()
          .atMost(PATIENCE)
          .during(Duration.ofMillis(200))
          .until(requested::get, count -> count == expected);
      control.send("receive one").block(PATIENCE);
    }
    sending.dispose();
  }
}
