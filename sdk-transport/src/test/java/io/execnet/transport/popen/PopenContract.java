package io.execnet.transport.popen;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** The contract with a peer in a subprocess. */
interface PopenContract extends TransportContract, OutputContract {

  /** Starts the peer program where the worker program would be. */
  static PopenTransport peers(LoopResources loops) {
    return new PopenTransport(
        loops,
        (spec, id, streams) ->
            PeerProgram.bootstrapLine(BootstrapLine.arguments(id, "thread", streams)));
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
