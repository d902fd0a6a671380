package io.execnet.transport.via;

import io.execnet.core.spec.XSpec;
import io.execnet.reactive.Group;
import io.execnet.reactive.Hops;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;

/** The contract with a peer in a subprocess of a hop. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ViaContract implements TransportContract, OutputContract {

  private final Group group =
      Group.create(io.execnet.reactive.GroupOptions.defaults().withOutput(System.out::println));

  /** Starts the peer program where the worker program would be. */
  private final ViaTransport transport =
      new ViaTransport(
          (spec, id, streams) ->
              PeerProgram.bootstrapLine(BootstrapLine.arguments(id, "thread", streams)));

  /** The specs of the gateways that lead there; the last has the id {@code hop}. */
  abstract String[] hops();

  @BeforeAll
  void openHops() {
    for (String spec : hops()) {
      group.makeGateway(spec).block(PATIENCE);
    }
  }

  @AfterAll
  void closeHops() {
    group.close();
  }

  @Override
  public boolean carriesStandardOutput() {
    return false; // that comes in frames
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    StringBuilder spec = new StringBuilder("popen//via=hop//python=/usr/bin/python3");
    environment.forEach((key, value) -> spec.append("//env:" + key + "=" + value));
    return transport.open(
        XSpec.parse(spec.toString()),
        "gw0",
        new TransportOptions(
            Duration.ofSeconds(20),
            TransportOptions.DEFAULT_KEEP_ALIVE,
            Credentials.NONE,
            id -> Hops.of(group, id),
            output));
  }
}
