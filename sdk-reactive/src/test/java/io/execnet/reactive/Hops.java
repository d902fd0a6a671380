package io.execnet.reactive;

import io.execnet.transport.Hop;
import java.util.Optional;

/** The gateways of a group as transports see them. */
public final class Hops {

  private Hops() {}

  /** The hop of that id, if there is one. */
  public static Optional<Hop> of(Group group, String id) {
    return group.gateway(id).map(gateway -> ((DefaultGateway) gateway).hop());
  }
}
