package io.execnet.reactive;

import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Source to be run on many gateways: {@link RemoteExec} for all of them at once. Immutable; each
 * subscription to what its methods return runs it anew, on the gateways that are open then.
 */
public interface MultiExec {

  /** Calls this function of the source; see {@link RemoteExec#function}. */
  MultiExec function(String name, Map<String, ?> kwargs);

  /**
   * The same code, but each worker where it still runs so long after it was cancelled is killed;
   * see {@link RemoteExec#killAfter}.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  MultiExec killAfter(Duration grace);

  /**
   * Starts the code everywhere and gives its channels, in the order of the gateways; they are then
   * the caller's to close. If it can't be started on one, it is cancelled on the others.
   */
  Mono<MultiChannel> open();

  /**
   * Runs the code everywhere and gives what it sends, as {@link MultiChannel#receive()} does.
   * Cancelling interrupts the code on every gateway, as {@link Channel#cancel()} does, and so does
   * an item that does not fit; but code that raises on one gateway leaves that on the others alone.
   */
  default Flux<ChannelEvent.Item<Object>> receive() {
    return receive(Object.class);
  }

  /** The same with each item as this type. */
  <T> Flux<ChannelEvent.Item<T>> receive(Class<T> type);

  /** The same for generic types. */
  <T> Flux<ChannelEvent.Item<T>> receive(TypeReference<T> type);

  /**
   * Runs the code to its end everywhere and drops what it sends; the first error, in the order of
   * the gateways, comes when all have ended.
   */
  default Mono<Void> run() {
    return receive().then();
  }
}
