package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.GatewayLostException;
import io.execnet.transport.socket.VanishingServer;
import io.execnet.transport.ssh.OpenSshServer;
import io.execnet.transport.ssh.StallingProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A host that is gone without a word ends everything that waits for it. */
@Timeout(120)
class SilentPeerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Group group =
      Group.create(GroupOptions.defaults().withKeepAlive(Duration.ofSeconds(2)));

  @AfterEach
  void close() {
    group.close();
  }

  @Test
  void overSsh() throws Exception {
    try (OpenSshServer server = OpenSshServer.start();
        StallingProxy proxy = new StallingProxy(server.port())) {
      String spec = server.spec("-p " + proxy.port(), "-o StrictHostKeyChecking=no");
      everythingEnds(spec, proxy::stall);
    }
  }

  @Test
  void overASocket() {
    try (VanishingServer server = VanishingServer.start()) {
      everythingEnds(server.spec(), server::vanish);
    }
  }

  private void everythingEnds(String spec, Runnable silence) {
    Gateway gateway = group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
    AtomicBoolean cancelled = new AtomicBoolean();
    Flux<Object> source = Flux.never().doOnCancel(() -> cancelled.set(true));
    List<Mono<?>> waiting =
        List.of(
            gateway.onEnd(),
            channel(gateway).waitClose(),
            channel(gateway).receive().then(),
            channel(gateway)
                .send(source)
                .onErrorMap(ChannelClosedException.class, ChannelClosedException::getCause),
            gateway.remoteExec("import time; time.sleep(600)").run());
    List<Mono<?>> ends = waiting.stream().<Mono<?>>map(Mono::cache).toList();
    ends.forEach(end -> end.subscribe(item -> {}, error -> {}));
    silence.run();

    lost(gateway.remoteStatus());
    ends.forEach(SilentPeerIT::lost);
    lost(gateway.remoteStatus());
    assertThat(cancelled).isTrue();
    assertThat(group.gateways()).isEmpty();
  }

  private static Channel channel(Gateway gateway) {
    return gateway.remoteExec("channel.receive()").open().blockOptional(PATIENCE).orElseThrow();
  }

  private static void lost(Mono<?> end) {
    StepVerifier.create(end)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(GatewayLostException.class)
                    .message()
                    .containsPattern("keep-alive|keepAlive"))
        .verify(PATIENCE);
  }
}
