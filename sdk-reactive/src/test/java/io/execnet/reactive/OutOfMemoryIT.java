package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.RemoteException;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A worker that may have little more memory than it has. */
@Timeout(120)
class OutOfMemoryIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Memory of 32 MiB for more. */
  private static final String LIMIT =
      """
      import resource
      with open('/proc/self/statm') as f: pages = int(f.read().split()[0])
      limit = pages * resource.getpagesize() + (32 << 20)
      resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
      """;

  private final Group group = Group.create();

  @AfterEach
  void close() {
    group.close();
  }

  private Gateway open() {
    Gateway gateway = group.makeGateway("popen").blockOptional(PATIENCE).orElseThrow();
    gateway.remoteExec(LIMIT).run().block(PATIENCE);
    return gateway;
  }

  /** Waits for an error of one channel, which leaves another alone. */
  private static void fails(Gateway gateway, Function<Gateway, Mono<?>> work) {
    Channel other = gateway.remoteExec("channel.send(channel.receive())").open().block(PATIENCE);
    StepVerifier.create(work.apply(gateway))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("MemoryError"))
        .verify(PATIENCE);
    other.send("still here").block(PATIENCE);
    assertThat(other.receive().next().block(PATIENCE)).isEqualTo("still here");
  }

  @Test
  void codeThatNeedsMore() {
    fails(open(), gateway -> gateway.remoteExec("x = bytes(64 << 20)").run());
  }

  @Test
  void anItemThatDoesNotFit() {
    byte[] item = new byte[128 << 20];
    fails(
        open(),
        gateway ->
            gateway.remoteExec("channel.receive()").exchange(Flux.just(item), Object.class).then());
  }
}
