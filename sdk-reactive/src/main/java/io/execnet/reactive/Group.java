package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Gateways that live and end together. Thread-safe. Ending the JVM kills the workers of every group
 * that is still open; a JVM that is itself killed is noticed by the workers, which then end by
 * themselves.
 */
public interface Group extends AutoCloseable {

  /** A group with the default options. */
  static Group create() {
    return create(GroupOptions.defaults());
  }

  /** A group with these options. */
  static Group create(GroupOptions options) {
    return new DefaultGroup(options);
  }

  /**
   * Opens a gateway to an interpreter as the spec says, like {@code popen//python=python3.12}.
   * Lazy: each subscription opens one of its own. A cancel while it opens leaves nothing behind.
   *
   * @return the gateway; or a {@link io.execnet.core.BootstrapException} that says why it could not
   *     be opened, or an {@link io.execnet.core.XSpecException} if the spec is wrong or its id is
   *     already taken in this group
   */
  Mono<Gateway> makeGateway(String spec);

  /** The same for a spec that was parsed before. */
  Mono<Gateway> makeGateway(XSpec spec);

  /** Opens a gateway to the default local interpreter: {@code popen}. */
  default Mono<Gateway> makeGateway() {
    return makeGateway("popen");
  }

  /** The options that it was created with. */
  GroupOptions options();

  /** The gateways that are open now, in the order in which they were made. */
  List<Gateway> gateways();

  /** The open gateway with this id. */
  Optional<Gateway> gateway(String id);

  /**
   * Ends every gateway: each worker is asked to end, and what has not ended within the timeout is
   * killed. The group is empty afterwards and opens no more gateways.
   *
   * @param timeout how long workers may take until they are killed; a worker interrupts code that
   *     still runs after five seconds
   * @return how each gateway ended, in the order in which they were made
   */
  Mono<List<GatewayEnd>> terminate(Duration timeout);

  /**
   * Terminates with the timeout of the options, and blocks until all has ended. Not for a
   * non-blocking thread, where it throws {@link IllegalStateException}; an interrupt kills the
   * workers and returns at once, with the interrupt still set.
   */
  @Override
  void close();
}
