package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Gateways that live and end together. Thread-safe. Those over SSH share connections with others of
 * the group, and with nobody else. Ending the JVM kills the workers of every group that is still
 * open; a JVM that is itself killed is noticed by the workers, which then end by themselves.
 */
public interface Group extends Iterable<Gateway>, AutoCloseable {

  /** A group with the default options. */
  static Group create() {
    return create(GroupOptions.defaults());
  }

  /** A group with these options. */
  static Group create(GroupOptions options) {
    return new DefaultGroup(options);
  }

  /**
   * One group for the whole process, with the default options, made when it is first asked for. Its
   * workers are killed when the JVM ends; once it has been closed the next call gives a new one.
   */
  static Group defaultGroup() {
    return DefaultGroup.shared();
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

  /** Opens a gateway as {@link GroupOptions#defaultSpec()} says. */
  default Mono<Gateway> makeGateway() {
    return makeGateway(options().defaultSpec());
  }

  /**
   * Opens many gateways at the same time. Lazy. Their ids are taken at once, in the order of the
   * specs, and that is their order in the group too. A spec with {@code via=} or {@code
   * installvia=} waits for the gateway of this call that it names, and fails if that one does.
   *
   * <p>A cancel leaves nothing behind of what was not handed over yet; a gateway that was is open
   * like any other.
   *
   * @param concurrency how many may be starting at a time
   * @return one result for each spec, as they become known; fails only if the group is terminated
   */
  Flux<OpenResult> makeGateways(Collection<XSpec> specs, int concurrency);

  /**
   * The same for a list of specs, each of which may be {@code N*spec}, with the {@code
   * openConcurrency} of the options; a wrong spec is an error before anything is opened.
   */
  default Flux<OpenResult> makeGateways(String... specs) {
    return Flux.defer(
        () -> makeGateways(XSpec.parseList(List.of(specs)), options().openConcurrency()));
  }

  /** The options that it was created with. */
  GroupOptions options();

  /** The gateways that are open now, in the order in which they were asked for. */
  List<Gateway> gateways();

  /** What is on its way on each channel of each gateway, and who waits for whom. */
  default Mono<List<GatewayFlow>> flow() {
    return Flux.fromIterable(gateways()).flatMapSequential(Gateway::flow).collectList();
  }

  /** The open gateway with this id. */
  Optional<Gateway> gateway(String id);

  /**
   * The open gateway at this place in {@link #gateways()}.
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  default Gateway gateway(int index) {
    return gateways().get(index);
  }

  /** Whether a gateway with this id is open. */
  default boolean contains(String id) {
    return gateway(id).isPresent();
  }

  /** Whether this very gateway is open and of this group. */
  default boolean contains(Gateway gateway) {
    return gateway(gateway.id()).filter(found -> found == gateway).isPresent();
  }

  /** How many gateways are open. */
  default int size() {
    return gateways().size();
  }

  /** Over {@link #gateways()} as they are now, whatever comes or goes meanwhile. */
  @Override
  default Iterator<Gateway> iterator() {
    return gateways().iterator();
  }

  /** Code to run on every gateway that is open when the result's methods are subscribed to. */
  default MultiExec remoteExec(String source) {
    return remoteExec(PythonSource.of(source));
  }

  /** The same with source from a file or a resource, whose name tracebacks show. */
  MultiExec remoteExec(PythonSource source);

  /**
   * Ends every gateway: each worker is asked to end, and what has not ended within the timeout is
   * killed. All at the same time, except that gateways which others go through are asked when those
   * have ended, and have what is left of the timeout, but a second at least. The group is empty
   * afterwards and opens no more gateways. It goes on whether or not the result is cancelled.
   *
   * @param timeout how long workers may take until they are killed; a worker interrupts code that
   *     still runs after five seconds
   * @return how each gateway ended, in the order of {@link #gateways()}
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
