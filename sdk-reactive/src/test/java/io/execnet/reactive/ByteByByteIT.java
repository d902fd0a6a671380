package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.RemoteException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.ForwardingConnection;
import io.execnet.transport.OutputLine;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.ssh.StallingProxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Real workers over transports that hand over what comes one byte at a time. */
class ByteByByteIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Group group = new DefaultGroup(GroupOptions.defaults(), new ByteByByte());

  @AfterEach
  void close() {
    group.close();
  }

  private static final class ByteByByte implements Transport {

    private final Transport real = new Transports();

    @Override
    public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
      return real.open(spec, gatewayId, options).map(SplitConnection::new);
    }
  }

  /** The same connection but for what its handler sees. */
  private static final class SplitConnection extends ForwardingConnection {

    SplitConnection(Connection raw) {
      super(raw);
    }

    @Override
    public void start(ConnectionHandler handler) {
      raw.start(new Splitting(handler));
    }
  }

  private record Splitting(ConnectionHandler handler) implements ConnectionHandler {

    @Override
    public void onBytes(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        handler.onBytes(ByteBuffer.wrap(new byte[] {bytes.get()}));
      }
    }

    @Override
    public void onWritable() {
      handler.onWritable();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      handler.onClosed(cause);
    }
  }

  @ParameterizedTest
  @MethodSource("io.execnet.reactive.Worker#everywhere")
  void nothingIsAmiss(Worker worker) {
    check(worker.open(group), !worker.sharesItsProcess());
  }

  /** What comes and goes, the handshake and the worker program too. */
  @Test
  void noMoreIsInBothDirections() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.start();
        StallingProxy proxy = new StallingProxy(server.port(), 1)) {
      String spec = server.spec().replace(":" + server.port(), ":" + proxy.port());
      check(Opening.open(group, spec), true);
    }
  }

  private static void check(Gateway gateway, boolean prints) {
    assertThat(gateway.capabilities()).containsExactlyInAnyOrder(Capability.values());

    StepVerifier.create(
            gateway
                .remoteExec("for x in channel: channel.send(x)")
                .exchange(Flux.range(0, 2_000), Long.class)
                .count())
        .expectNext(2_000L)
        .expectComplete()
        .verify(PATIENCE);
    StepVerifier.create(
            gateway
                .remoteExec("channel.send(bytes(100000))\nraise ValueError('\\xe9nough')")
                .receive(byte[].class)
                .map(bytes -> bytes.length))
        .expectNext(100_000)
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("\u00e9nough"))
        .verify(PATIENCE);
    if (prints) {
      String echo = "import os\nos.system('echo b\\u00e9\\u20ac\\U0001f40d; echo done')";
      StepVerifier.create(gateway.output().map(OutputLine::text).take(2))
          .then(() -> gateway.remoteExec(echo).run().block(PATIENCE))
          .expectNext("b\u00e9\u20ac\ud83d\udc0d", "done")
          .expectComplete()
          .verify(PATIENCE);
    }
  }
}
