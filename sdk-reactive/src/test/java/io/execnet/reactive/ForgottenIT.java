package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who opens a gateway, and what they keep, is held by nothing when they forget about it. */
@Timeout(120)
class ForgottenIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<String> KINDS =
      Set.of(
          "popen",
          "over pipes",
          "through a hop",
          "over SSH",
          "over a socket",
          "over TLS from a hop");

  private final Group group = Group.create();

  @AfterEach
  void close() {
    group.close();
  }

  static Stream<Worker> workers() {
    return Worker.everywhere().filter(it -> KINDS.contains(it.name()));
  }

  /** Somebody who keeps the channel. */
  private static final class Opener {

    private final AtomicReference<Channel> kept = new AtomicReference<>();

    private Gateway open(Group group, Worker worker) {
      worker.hops().get().forEach(hop -> group.makeGateway(hop).block(PATIENCE));
      return group
          .makeGateway(worker.spec().get() + "//id=open")
          .flatMap(
              gateway ->
                  gateway
                      .remoteExec("channel.receive()")
                      .open()
                      .doOnNext(kept::set)
                      .thenReturn(gateway))
          .blockOptional(PATIENCE)
          .orElseThrow();
    }
  }

  private WeakReference<Opener> exited(Worker worker) {
    Opener opener = new Opener();
    opener.open(group, worker).exit().block(PATIENCE);
    assertThat(opener.kept).doesNotHaveNullValue();
    return new WeakReference<>(opener);
  }

  private static void awaitCollected(WeakReference<?> reference) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              System.gc();
              return reference.get() == null;
            });
  }

  @ParameterizedTest
  @MethodSource("workers")
  void afterAnExit(Worker worker) {
    awaitCollected(exited(worker));
  }

  private WeakReference<Opener> opened(Worker worker) {
    Opener opener = new Opener();
    opener.open(group, worker);
    return new WeakReference<>(opener);
  }

  /** Its channel, which nobody holds then either, is closed. */
  @ParameterizedTest
  @MethodSource("workers")
  void whileTheGatewayIsOpen(Worker worker) {
    awaitCollected(opened(worker));
    Gateway gateway = group.gateway("open").orElseThrow();
    await()
        .atMost(PATIENCE)
        .until(
            () -> gateway.remoteStatus().blockOptional(PATIENCE).orElseThrow(),
            status -> status.numexecuting() == 0);
  }
}
