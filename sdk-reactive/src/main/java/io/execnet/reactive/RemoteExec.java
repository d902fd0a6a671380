package io.execnet.reactive;

import java.time.Duration;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Source to be run on a gateway (CHANNEL_EXEC); immutable, and each subscription to what its
 * methods return runs it anew, on a channel of its own.
 */
public interface RemoteExec {

  /**
   * Calls this function of the source, as {@code name(channel, **kwargs)}, after the source has
   * run.
   */
  RemoteExec function(String name, Map<String, ?> kwargs);

  /**
   * The same code, but where it still runs so long after it was cancelled, its worker is killed,
   * and with it all that runs there: the gateway is lost. Without this the code goes on in such a
   * case. It takes {@link Capability#CANCEL}, to learn when the code has ended.
   *
   * <p>A worker that a socket server or a service has started can't be killed from here: it only
   * loses its connection. One with a process of its own ends by itself then, within 15 seconds,
   * unless the code keeps the interpreter to itself. One in a process that others share leaves the
   * code to go on there, without its channel.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  RemoteExec killAfter(Duration grace);

  /**
   * Starts the code and gives its channel, which is then the caller's to close. The code starts
   * although nobody may receive yet.
   */
  Mono<Channel> open();

  /**
   * Runs the code and gives what it sends; the end of the code is the end of the stream. Cancelling
   * interrupts the code, as {@link Channel#cancel()} does.
   *
   * @return the items, a None as {@link io.execnet.core.value.PyNone}; or, after the items that
   *     came before it, a {@link io.execnet.core.RemoteException} where the code raised
   */
  default Flux<Object> receive() {
    return receive(Object.class);
  }

  /** The same with each item as this type; see {@link Channel#receive(Class)}. */
  <T> Flux<T> receive(Class<T> type);

  /** The same with each item as this type. */
  <T> Flux<T> receive(TypeReference<T> type);

  /** Runs the code, sends it these items and gives what it sends; see {@link Channel#exchange}. */
  <T> Flux<T> exchange(Publisher<?> items, Class<T> type);

  /** The same with each item as this type. */
  <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type);

  /** Runs the code to its end and drops what it sends. */
  default Mono<Void> run() {
    return receive().then();
  }
}
