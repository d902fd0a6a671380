package io.execnet.reactive;

import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.StringCoercion;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One of two ends on which values go both ways. Thread-safe. It can be sent inside a value on any
 * channel of its gateway, which gives the other side its other end. A channel that is open when it
 * becomes unreachable is closed.
 */
public interface Channel extends ChannelReference {

  /** The gateway that it belongs to. */
  Gateway gateway();

  /**
   * Sends one item (CHANNEL_DATA). Null is None. It is written out on the gateway's event loop:
   * until the result completes its collections must not change, and their iterators never block.
   *
   * @return completes when the transport has accepted the item, which is later than now while the
   *     other side does not read; {@link io.execnet.core.DumpException} if it has no Python form,
   *     {@link io.execnet.core.ChannelClosedException} if the channel is closed for sending
   */
  Mono<Void> send(@Nullable Object item);

  /**
   * Sends each item of a source, requesting them as the transport accepts them. The channel stays
   * open at its end. An item that can't be sent cancels the source and is the error.
   */
  Mono<Void> send(Publisher<?> items);

  /**
   * What the other side sends, requested from it as the subscriber requests: see {@link
   * GroupOptions#receiveBuffer()}. One subscriber at a time, a second one gets {@link
   * IllegalStateException}; but after a cancel another may go on with the next item: what was not
   * requested, or is not being handed over at the moment of the cancel, stays.
   *
   * @return the items, a None as {@link io.execnet.core.value.PyNone}; it completes when the
   *     channel is closed or the other side sends no more, and fails with {@link
   *     io.execnet.core.RemoteException} where it was closed with an error, {@link
   *     io.execnet.core.GatewayLostException} where the gateway was lost
   */
  default Flux<Object> receive() {
    return receive(Object.class);
  }

  /**
   * The same with each item as this type: numbers only where the value fits exactly, dicts and
   * lists to records and beans through Jackson where that is on the class path. What does not fit
   * is a {@link io.execnet.core.LoadException}, a None too unless the type is {@code Object}.
   */
  <T> Flux<T> receive(Class<T> type);

  /** The same for generic types. */
  <T> Flux<T> receive(TypeReference<T> type);

  /**
   * Sends the items, then half-closes, and gives what the other side sends until it ends. An error
   * of the source closes the channel with that error. Cancelling cancels the source and closes the
   * channel.
   */
  <T> Flux<T> exchange(Publisher<?> items, Class<T> type);

  /** The same for generic types. */
  <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type);

  /**
   * Says that nothing more will be sent (CHANNEL_LAST_MESSAGE): the other side's {@code for item in
   * channel} ends once it has read what came before. Receiving goes on.
   */
  Mono<Void> halfClose();

  /** Closes both directions (CHANNEL_CLOSE). Items that arrived can still be received. */
  Mono<Void> close();

  /** Closes both directions; the other side's {@code receive} raises RemoteError with this text. */
  Mono<Void> close(String error);

  /**
   * Completes when the channel is closed, for code that runs there: when it has ended; fails as
   * {@link #receive()} does. It does not receive: if the items that nobody receives fill the buffer
   * (so that the code can't go on), it fails with {@link IllegalStateException} rather than wait
   * for ever.
   */
  Mono<Void> waitClose();

  /** Whether it is closed for both directions. */
  boolean isClosed();

  /** Sets how strings are read on this channel, on both sides (RECONFIGURE). */
  Mono<Void> reconfigure(StringCoercion coercion);

  /** This channel for a thread that may block. */
  BlockingChannel blocking();
}
