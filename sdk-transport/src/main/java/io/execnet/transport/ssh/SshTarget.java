package io.execnet.transport.ssh;

import java.time.Duration;
import java.util.Optional;

/**
 * Where to connect to, and everything that the connection depends on: gateways with equal targets
 * can share one.
 *
 * @param aliveInterval how long the server may be silent until it is asked; zero: for ever
 * @param aliveCount how many questions it may leave without an answer
 * @param connectTimeout how long it may take until the server's key is accepted
 * @param family an address family that it has to be
 * @param via the server through which this one is reached
 */
record SshTarget(
    String host,
    int port,
    String user,
    IdentityRules identity,
    HostKeyRules hostKeys,
    boolean compression,
    Duration aliveInterval,
    int aliveCount,
    Optional<Duration> connectTimeout,
    Family family,
    Optional<SshTarget> via) {

  /** {@code AddressFamily}. */
  enum Family {
    ANY,
    INET,
    INET6
  }

  /** The server as an error names it. */
  String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** The way there as an error names it. */
  String shown() {
    return user + "@" + address() + via.map(it -> " (through " + it.shown() + ")").orElse("");
  }
}
