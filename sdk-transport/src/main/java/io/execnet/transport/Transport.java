package io.execnet.transport;

import io.execnet.core.spec.XSpec;
import reactor.core.publisher.Mono;

/** A way to open a byte stream to an interpreter and to start the worker program there. */
public interface Transport {

  /**
   * Starts a worker as the spec says. Lazy; each subscription starts one of its own. A cancel, like
   * an error, leaves nothing behind.
   *
   * @param gatewayId the id under which the worker runs
   * @return a connection on which the worker program has answered, or a {@link
   *     io.execnet.core.BootstrapException}
   */
  Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options);
}
