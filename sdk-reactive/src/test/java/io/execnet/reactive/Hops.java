package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputLine;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** The gateways of a group as transports see them. */
public final class Hops {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

  private Hops() {}

  /** Opens a connection through the gateway of the group that the spec names. */
  public static Mono<Connection> open(
      Group group, Transport transport, String spec, Consumer<OutputLine> output) {
    TransportOptions options =
        new TransportOptions(
            START_TIMEOUT,
            TransportOptions.DEFAULT_KEEP_ALIVE,
            Credentials.NONE,
            id -> group.gateway(id).map(gateway -> ((DefaultGateway) gateway).hop()),
            output);
    return transport.open(XSpec.parse(spec), "gw0", options);
  }
}
