package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import io.execnet.core.value.StringCoercion;
import io.execnet.transport.OutputLine;
import io.execnet.transport.socket.SocketServices;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection to a Python interpreter that runs what it is sent. Thread-safe. */
public interface Gateway {

  /** Its id, unique in its group: {@code gw0}, {@code gw1}, … unless the spec says another. */
  String id();

  /** The spec that it was made from. */
  XSpec spec();

  /**
   * Code to run there, which finds its {@link Channel}'s other end as {@code channel}. Nothing is
   * sent before the result's methods are subscribed to.
   */
  default RemoteExec remoteExec(String source) {
    return remoteExec(PythonSource.of(source));
  }

  /** The same with source from a file or a resource, whose name tracebacks show. */
  RemoteExec remoteExec(PythonSource source);

  /** Opens a channel that no code runs on yet; send it inside a value to give it an other end. */
  Mono<Channel> newChannel();

  /** Asks the worker for its numbers (STATUS); it answers whatever else it is doing. */
  Mono<RemoteStatus> remoteStatus();

  /** What the worker's interpreter says of itself; asked once, then remembered. */
  Mono<RInfo> rinfo();

  /**
   * The services, which keep state, of the host and the user that the worker runs on: to list them
   * and to stop them. The worker starts a short-lived interpreter for it, and is not held up.
   */
  SocketServices services();

  /**
   * Sets how strings are read on channels that are opened from now on (RECONFIGURE), on both sides.
   */
  Mono<Void> reconfigure(StringCoercion coercion);

  /**
   * The lines that the worker and the processes it started print from subscription on, whatever
   * else gets them ({@link GroupOptions#output()} does). Hot: it prints whether or not somebody
   * listens.
   *
   * <p>A subscriber that requests no more has a few lines held for it. Then the worker's next
   * prints fill its stream, here for all subscribers, and block; its channels go on. So who has
   * seen enough should cancel. Signals come on the group's scheduler, never on an event loop.
   *
   * <p>Completes when the worker has ended and all was handed over, whether the gateway was exited
   * or lost. Where the worker connects over its own standard output (by SSH, a socket or pipes)
   * what it prints comes with the connection: what a worker that is killed printed right before
   * that may be lost, so may what is not taken within a second of an {@code os._exit}, and while a
   * gateway is exited, what exceeds 128 KiB not taken yet. An installed execnet ({@code
   * bootstrap=import}) prints nothing there.
   */
  Flux<OutputLine> output();

  /** The same for one of the two streams; it does not wait for subscribers to the other. */
  Flux<OutputLine> output(OutputLine.Stream stream);

  /** Whether it is neither lost nor exited. */
  boolean isOpen();

  /** What it can do beyond stock execnet; nothing with a stock worker. */
  Set<Capability> capabilities();

  /**
   * What is on its way on each channel, and to those who take what the worker prints, and who waits
   * for whom; this end alone is asked. Where a sender, a print or the rest of a message waits for
   * longer than {@link GroupOptions#stallThreshold()} the log says so anyway. Signals come on the
   * group's scheduler: if that may be what hangs, see {@link #diagnose()}.
   */
  Mono<GatewayFlow> flow();

  /** {@link #diagnose(Duration)} within five seconds. */
  default Mono<Diagnosis> diagnose() {
    return diagnose(Duration.ofSeconds(5));
  }

  /**
   * "It hangs": asks both ends what they are at, which is meant to be logged. To {@link #flow()} it
   * adds what the worker says of itself, whatever its code does: what runs there, for how long,
   * what it waits in, and where. That takes {@link Capability#DIAGNOSE}. What it shows of the code
   * are lines of its source, not values.
   *
   * <p>Asked anew by each subscription; cancelling leaves the question to itself. Signals come on
   * {@link reactor.core.scheduler.Schedulers#parallel()}, so that it answers also where all threads
   * of the group's scheduler are blocked; whoever gets them there must not block.
   *
   * @param timeout how long the worker may take
   * @return never fails: where there is no answer it says so, and why
   */
  Mono<Diagnosis> diagnose(Duration timeout);

  /** The address of the other end, where there is one; unresolved behind an SSH jump host. */
  Optional<SocketAddress> remoteAddress();

  /**
   * Completes when the gateway has ended because somebody asked for it; fails with {@link
   * io.execnet.core.GatewayLostException} when it is lost. Subscribing changes nothing.
   */
  Mono<Void> onEnd();

  /**
   * Asks the worker to end (GATEWAY_TERMINATE), kills it if it has not ended within the group's
   * {@code terminateTimeout}, and takes the gateway out of its group. Open channels end with {@link
   * io.execnet.core.ChannelClosedException}. A second call waits for the same end. Then what the
   * worker printed has been handed over, unless those who get it took more than a second for it.
   */
  Mono<GatewayEnd> exit();

  /**
   * Kills the worker at once, for one that can't be waited for, and otherwise as {@link #exit()}.
   */
  Mono<GatewayEnd> kill();
}
