package io.execnet.reactive;

import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Rolls gateways out to a list of hosts, finds out where each leads, and runs code on them. It has
 * a group of its own. Thread-safe.
 */
public interface GatewayManager extends AutoCloseable {

  /** A manager that has opened nothing yet. */
  static GatewayManager create(GatewayManagerOptions options) {
    return new DefaultGatewayManager(options);
  }

  /**
   * Opens a gateway for each spec and makes it ready, many at the same time. Lazy; each
   * subscription opens them anew. A gateway that can't be made ready is ended, and reported like
   * one that can't be opened. A cancel leaves nothing behind of what was not handed over yet.
   *
   * @return one result for each spec, as they become known; fails only if the group is terminated
   *     or the probe can't be made
   */
  Flux<OpenResult> makeGateways();

  /** The gateways that are ready and open, in the order of the specs. */
  List<HostGateway> gateways();

  /** The group, where more gateways can be made, which are then not of this manager. */
  Group group();

  /** Code to run on every gateway that is ready when the result's methods are subscribed to. */
  default MultiExec remoteExec(String source) {
    return remoteExec(PythonSource.of(source), true);
  }

  /**
   * Code to run on every gateway that is ready when the result's methods are subscribed to.
   *
   * @param withLocal whether also on the {@link HostGateway#local() local} ones
   */
  MultiExec remoteExec(PythonSource source, boolean withLocal);

  /**
   * Ends the group; see {@link Group#terminate}, with the {@code terminateTimeout} of its options.
   */
  Mono<List<GatewayEnd>> exit();

  /** Closes the group; see {@link Group#close()}. */
  @Override
  void close();
}
