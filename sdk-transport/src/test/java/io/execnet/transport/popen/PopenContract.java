package io.execnet.transport.popen;

import static io.execnet.transport.PeerConnections.value;
import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.Received;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** The contract with a peer in a subprocess. */
interface PopenContract extends TransportContract, OutputContract {

  /** Starts the peer program where the worker program would be. */
  static PopenTransport peers(LoopResources loops) {
    return new PopenTransport(loops, PeerProgram.line(Map.of()));
  }

  /** Over a network nobody is told that. */
  @Test
  default void endsWhereThePeerReadsNoMoreThoughItLives() throws Exception {
    Connection connection = connect("deaf");
    Received received = Received.from(connection);
    assertThat(received.awaitBytes(4)).isEqualTo("deaf".getBytes(StandardCharsets.US_ASCII));
    write(connection, new byte[1]);
    assertThat(received.awaitClosed()).containsInstanceOf(IOException.class);
    connection.kill();
    assertThat(value(connection.exitStatus()).signal()).contains("SIGKILL");
    assertThat(received.violations()).isEmpty();
  }

  default LoopResources loops() {
    return TcpResources.get();
  }

  String spec();

  @Override
  default Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    StringBuilder spec = new StringBuilder(spec());
    environment.forEach((key, value) -> spec.append("//env:" + key + "=" + value));
    return peers(loops())
        .open(
            XSpec.parse(spec.toString()),
            "gw0",
            new TransportOptions(Duration.ofSeconds(20), output));
  }
}
