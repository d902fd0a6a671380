package io.execnet.reactive;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Several channels as one, in a fixed order. Thread-safe. What stock execnet calls {@code
 * send_each}, {@code receive_each(withchannel)}, {@code make_receive_queue(endmarker)} and {@code
 * waitclose} is {@link #sendEach}, {@link #receiveEach} and {@link #receiveEachWithChannel}, {@link
 * #receive} and {@link #events}, and {@link #waitClose} here.
 *
 * <p>As with {@link Channel#receive()}, a channel has one receiver at a time, and what a cancelled
 * one was not being handed stays for the next.
 */
public interface MultiChannel extends Iterable<Channel> {

  /** These channels, of whichever gateways, in the order of the collection. */
  static MultiChannel of(Collection<? extends Channel> channels) {
    return new DefaultMultiChannel(channels);
  }

  /** The channels. */
  List<Channel> channels();

  /**
   * The channel at this place.
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  default Channel channel(int index) {
    return channels().get(index);
  }

  /** How many channels it has. */
  default int size() {
    return channels().size();
  }

  /** Whether this channel is one of them. */
  default boolean contains(Channel channel) {
    return channels().contains(channel);
  }

  @Override
  default Iterator<Channel> iterator() {
    return channels().iterator();
  }

  /**
   * Sends an item on every channel, at the same time; see {@link Channel#send(Object)}. A channel
   * on which that fails keeps it from no other: the first error comes when all are done.
   */
  Mono<Void> sendEach(@Nullable Object item);

  /** Sends an item on the channel at this place. */
  default Mono<Void> send(int index, @Nullable Object item) {
    return Mono.defer(() -> channel(index).send(item));
  }

  /**
   * Receives one item from every channel, in their order. A channel that ends without one is an
   * error: its own, or else {@link io.execnet.core.ChannelClosedException}.
   */
  default Flux<Object> receiveEach() {
    return receiveEach(Object.class);
  }

  /** The same with each item as this type. */
  default <T> Flux<T> receiveEach(Class<T> type) {
    return receiveEachWithChannel(type).map(ChannelEvent.Item::item);
  }

  /** The same for generic types. */
  default <T> Flux<T> receiveEach(TypeReference<T> type) {
    return receiveEachWithChannel(type).map(ChannelEvent.Item::item);
  }

  /** The same, each item with its channel. */
  <T> Flux<ChannelEvent.Item<T>> receiveEachWithChannel(Class<T> type);

  /** The same for generic types. */
  <T> Flux<ChannelEvent.Item<T>> receiveEachWithChannel(TypeReference<T> type);

  /**
   * Everything that arrives on any channel, in turns: of two channels that have items neither gives
   * two while the other gives none. Nothing is taken from a channel before the subscriber requests
   * it.
   *
   * @return the items; when all channels have ended it completes, or fails with the error of the
   *     first of them, in their order, that ended with one
   */
  default Flux<ChannelEvent.Item<Object>> receive() {
    return receive(Object.class);
  }

  /** The same with each item as this type; one that does not fit ends the stream at once. */
  <T> Flux<ChannelEvent.Item<T>> receive(Class<T> type);

  /** The same for generic types. */
  <T> Flux<ChannelEvent.Item<T>> receive(TypeReference<T> type);

  /**
   * As {@link #receive(Class)}, with the end of each channel, and its error, as an event among the
   * items; so it completes when all have ended, and does not fail.
   */
  <T> Flux<ChannelEvent<T>> events(Class<T> type);

  /** The same for generic types. */
  <T> Flux<ChannelEvent<T>> events(TypeReference<T> type);

  /** Half-closes every channel. */
  Mono<Void> halfClose();

  /**
   * Interrupts the code on every channel, at the same time; see {@link Channel#cancel()}.
   *
   * @return completes when the code has ended on all of them, however it did; see {@link
   *     MultiExec#killAfter} for code that does not. To cancel waiting changes nothing.
   */
  Mono<Void> cancel();

  /** Closes every channel. Code that runs there finds out when it next uses the channel. */
  Mono<Void> close();

  /**
   * Completes when every channel is closed; fails then, with the error of the first of them, in
   * their order, that was closed with one. It does not receive: see {@link Channel#waitClose()} for
   * how it fails, at once, where a channel can't end because of that.
   */
  Mono<Void> waitClose();
}
